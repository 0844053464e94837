import type { PersistentVolume } from 'kubernetes-types/core/v1'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { type ClaimUsers, claimsOf } from './claim-users.ts'

const claimFinalizer = 'kubernetes.io/pvc-protection'
const volumeFinalizer = 'kubernetes.io/pv-protection'

/** Keeps claims that pods use and volumes that are bound from being deleted under them. Source: Kubernetes, Storage Object in Use Protection. */
export class VolumeProtection implements Controller {
  readonly name = 'pvc-protection-controller'
  readonly watches = [
    { resource: 'persistentvolumeclaims', keysOf: ({ object }: Change) => [`claim/${nameOf(object)}`] },
    { resource: 'persistentvolumes', keysOf: ({ object }: Change) => [`volume/${object.metadata.name}`] },
    // A pod that is gone or has ended lets its claims go.
    { resource: 'pods', keysOf: ({ kind, object }: Change) => (kind === 'Added' ? [] : claimsOf(object).map((claim) => `claim/${claim}`)) },
  ]
  readonly #client: TwinClient
  readonly #users: ClaimUsers

  constructor(client: TwinClient, users: ClaimUsers) {
    this.#client = client
    this.#users = users
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    if (key.startsWith('claim/')) {
      const name = key.slice('claim/'.length)
      await this.#protect('persistentvolumeclaims', name, { finalizer: claimFinalizer, inUse: () => this.#users.of(name).length > 0 })
      return undefined
    }
    const isBound = (volume: KubeObject) => as<PersistentVolume>(volume).status?.phase === 'Bound'
    await this.#protect('persistentvolumes', key.slice('volume/'.length), { finalizer: volumeFinalizer, inUse: isBound })
    return undefined
  }

  async #protect(resource: string, name: string, by: { finalizer: string; inUse: (object: KubeObject) => boolean }): Promise<void> {
    const key = keyOf(name)
    if (this.#client.store.get(resource, key.namespace, key.name) === undefined) return
    await this.#client.change(resource, key, (current) => {
      const { finalizers = [], deletionTimestamp } = current.metadata
      const has = finalizers.includes(by.finalizer)
      if (deletionTimestamp === undefined) return has ? current : withFinalizers(current, [...finalizers, by.finalizer])
      if (!has || by.inUse(current)) return current
      return withFinalizers(
        current,
        finalizers.filter((one) => one !== by.finalizer),
      )
    })
  }
}

function withFinalizers(object: KubeObject, finalizers: readonly string[]): KubeObject {
  return { ...object, metadata: { ...object.metadata, finalizers } }
}
