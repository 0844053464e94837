import type { PodFacts } from '../../core/kubernetes/pod-facts.ts'
import type { CauseReason } from './scenario-schema.ts'

/** Why something stands still: a stable word, the object it is about (`namespace/name`, or a name), a sentence. */
export interface Cause {
  readonly reason: CauseReason
  readonly object: string
  readonly message: string
}

/** What keeps a pod from serving; `undefined` when it serves. */
export function podCause(pod: PodFacts): Cause | undefined {
  const object = `${pod.namespace}/${pod.name}`
  if (pod.deletionAtMs !== undefined) return terminating(pod, object)
  if (pod.ready || pod.phase === 'Succeeded') return undefined
  if (pod.nodeName === '') return { reason: 'PodPending', object, message: pod.unschedulableMessage ?? 'is not scheduled yet' }
  const broken = pod.containers.find(({ state, reason }) => state !== 'Running' && reason !== '' && reason !== 'Completed')
  const why = broken === undefined ? 'no container says that it is ready' : `${broken.name} is in ${broken.reason}${detail(broken.message)}`
  return { reason: 'PodNotReady', object, message: why }
}

function terminating({ finalizers, nodeName }: PodFacts, object: string): Cause {
  const holder =
    finalizers.length > 0 ? `its finalizer ${finalizers.join(', ')} holds it` : `the kubelet of ${nodeName} has not said that it has ended`
  return { reason: 'PodTerminating', object, message: `is being deleted: ${holder}` }
}

function detail(message: string): string {
  return message === '' ? '' : `: ${message}`
}
