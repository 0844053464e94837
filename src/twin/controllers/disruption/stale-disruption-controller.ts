import type { Pod, PodCondition } from 'kubernetes-types/core/v1'
import type { Clock } from '../../../cluster/clock.ts'
import { epochMs } from '../../../core/kubernetes/epoch-ms.ts'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import { withPodCondition } from '../../pod-condition.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'

/** How long a pod may be said to be disrupted without being deleted. Source: Kubernetes disruption controller, stalePodDisruptionTimeout. */
const timeoutMs = 120_000

/** Takes back that a pod is about to be disrupted when nobody deletes it. Source: KEP-3329. */
export class StaleDisruptionController implements Controller {
  readonly name = 'stale-pod-disruption'
  readonly watches = [
    {
      resource: 'pods',
      keysOf: ({ kind, object }: Change) => (kind !== 'Deleted' && isTarget(object) !== undefined ? [nameOf(object)] : []),
    },
  ]
  readonly #client: TwinClient
  readonly #clock: Clock

  constructor(client: TwinClient, { clock }: { readonly clock: Clock }) {
    this.#client = client
    this.#clock = clock
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const at = keyOf(key)
    const pod = this.#client.store.get('pods', at.namespace, at.name)
    const condition = pod && isTarget(pod)
    if (condition === undefined) return undefined
    const now = this.#clock.now()
    const leftMs = (epochMs(condition.lastTransitionTime) ?? now) + timeoutMs - now
    if (leftMs > 0) return { afterMs: leftMs }
    await this.#client.change('pods', at, (current) => withoutTarget(current, now), 'status')
    return undefined
  }
}

/** The condition of a pod that is to be disrupted and neither ends nor has ended. */
function isTarget(object: KubeObject): PodCondition | undefined {
  const { status } = as<Pod>(object)
  if (object.metadata.deletionTimestamp !== undefined || isPodFinished(status)) return undefined
  return status?.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True')
}

function withoutTarget(object: KubeObject, nowMs: number): KubeObject {
  return isTarget(object) === undefined ? object : withPodCondition(object, { type: 'DisruptionTarget', status: 'False' }, nowMs)
}
