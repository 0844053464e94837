import type { Pod, PodCondition } from 'kubernetes-types/core/v1.js'
import type { Clock } from '../../cluster/clock.ts'
import type { PreemptionVerdict } from '../../core/scheduling/decide-preemption.ts'
import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import { apiTime } from '../api-time.ts'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'
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
  if (minor >= 26) await client.change('pods', { namespace, name }, (pod) => disrupted(pod, schedulerName, clock.now()), 'status')
  await client.delete('pods', { namespace, name }, { uid })
  const by = minor >= 27 ? `pod ${preemptor.uid}` : `${preemptor.namespace}/${preemptor.name}`
  const message = `Preempted by ${by} on node ${nodeName}`
  await client.event({ about: object, type: 'Normal', reason: 'Preempted', message, component: schedulerName })
}

/** The victim with the condition that tells its controllers why it goes. Source: KEP-3329. */
function disrupted(object: KubeObject, schedulerName: string, nowMs: number): DraftObject {
  const { status } = as<Pod>(object)
  const conditions = status?.conditions ?? []
  if (conditions.some((one) => one.type === 'DisruptionTarget' && one.status === 'True')) return object
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: apiTime(nowMs),
    reason: 'PreemptionByScheduler',
    message: `${schedulerName}: preempting to accommodate a higher priority pod`,
  } as unknown as PodCondition
  return { ...object, status: { ...status, conditions: [...conditions.filter(({ type }) => type !== 'DisruptionTarget'), condition] } }
}
