import type { Clock } from '../../cluster/clock.ts'
import type { PreemptionVerdict } from '../../core/scheduling/decide-preemption.ts'
import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import type { KubeObject } from '../kube-object.ts'
import { type PodConditionNews, withPodCondition } from '../pod-condition.ts'
import type { TwinClient } from '../twin-client.ts'
import { withoutNomination } from './unschedulable-status.ts'

export interface PreemptionContext {
  readonly client: TwinClient
  readonly clock: Clock
  readonly minor: number
  readonly schedulerName: string
  readonly preemptor: PodInfo
}

/** Deletes the victims with their grace, says so, and takes the node from less important pods that were meant for it. */
export async function carryOutPreemption(
  context: PreemptionContext,
  decision: Extract<PreemptionVerdict, { kind: 'Preempt' }>,
): Promise<void> {
  for (const victim of decision.victims) await preempt(context, victim, decision.nodeName)
  const { client } = context
  for (const { namespace, name } of decision.displaced) {
    if (client.store.get('pods', namespace, name) === undefined) continue
    await client.change('pods', { namespace, name }, withoutNomination, 'status')
  }
}

async function preempt(
  { client, clock, minor, schedulerName, preemptor }: PreemptionContext,
  victim: PodInfo,
  nodeName: string,
): Promise<void> {
  const { namespace, name, uid } = victim
  const object = client.store.get('pods', namespace, name)
  if (object === undefined || object.metadata.uid !== uid) return
  if (minor >= 26)
    await client.change('pods', { namespace, name }, (pod) => withPodCondition(pod, preempted(schedulerName), clock.now()), 'status')
  await client.delete('pods', { namespace, name }, { uid })
  const by = minor >= 27 ? `pod ${preemptor.uid}` : `${preemptor.namespace}/${preemptor.name}`
  const message = `Preempted by ${by} on node ${nodeName}`
  const related = preemptor.pod as unknown as KubeObject
  const what = { type: 'Normal', reason: 'Preempted', action: 'Preempting', message } as const
  await client.event({ about: object, related, ...what, component: schedulerName })
}

/** The condition that tells the victim's controllers why it goes. Source: KEP-3329. */
function preempted(schedulerName: string): PodConditionNews {
  const message = `${schedulerName}: preempting to accommodate a higher priority pod`
  return { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message }
}
