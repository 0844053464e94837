import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import type { TwinClient } from '../../../twin-client.ts'
import { isStatus, messageOf } from '../pod-control.ts'
import type { PodObject, StatefulSetObject } from '../workload-objects.ts'
import { type ClaimHolder, withClaimOwners } from './claim-owners.ts'
import { claimsOf, repaired } from './stateful-pod.ts'

/** Creates, repairs and deletes the pods of a StatefulSet, their claims before them, and says so in events. */
export class StatefulPodControl {
  readonly #client: TwinClient
  readonly #component: string

  constructor(client: TwinClient, component: string) {
    this.#client = client
    this.#component = component
  }

  async create(set: StatefulSetObject, pod: DraftObject, ordinal: number): Promise<void> {
    const name = pod.metadata?.name ?? ''
    try {
      await this.#claim(set, name, ordinal)
      await this.#client.create('pods', pod)
    } catch (error) {
      // the one before is not gone yet: nothing to speak of
      if (!isStatus(error, 409)) await this.#tell(set, 'create', { name, error })
      throw error
    }
    await this.#tell(set, 'create', { name })
  }

  async repair(set: StatefulSetObject, pod: PodObject, ordinal: number): Promise<void> {
    const { namespace, name } = pod.metadata
    try {
      await this.#claim(set, name, ordinal)
      await this.#client.change('pods', { namespace, name }, (current: KubeObject) => repaired(set, current, ordinal))
    } catch (error) {
      await this.#tell(set, 'update', { name, error })
      throw error
    }
    await this.#tell(set, 'update', { name })
  }

  async delete(set: StatefulSetObject, pod: PodObject): Promise<void> {
    const { namespace, name } = pod.metadata
    try {
      await this.#client.delete('pods', { namespace, name })
    } catch (error) {
      await this.#tell(set, 'delete', { name, error })
      throw error
    }
    await this.#tell(set, 'delete', { name })
  }

  async warn(set: StatefulSetObject, reason: string, message: string): Promise<void> {
    await this.#client.event({ about: set, type: 'Warning', reason, message, component: this.#component })
  }

  /** Gives the claims of a pod the owners that they should have. */
  async ownClaims(holder: ClaimHolder, ordinal: number, minor: number): Promise<void> {
    const { namespace } = holder.set.metadata
    for (const { metadata: { name = '' } = {} } of claimsOf(holder.set, ordinal)) {
      if (this.#client.store.get('persistentvolumeclaims', namespace, name) === undefined) continue
      await this.#client.change('persistentvolumeclaims', { namespace, name }, (claim) => withClaimOwners(claim, holder, minor))
    }
  }

  /** The claims that are not there yet; one that is being deleted must be gone first. */
  async #claim(set: StatefulSetObject, pod: string, ordinal: number): Promise<void> {
    for (const claim of claimsOf(set, ordinal)) {
      const name = claim.metadata?.name ?? ''
      const known = this.#client.store.get('persistentvolumeclaims', set.metadata.namespace, name)
      if (known?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${name} is being deleted`)
      if (known !== undefined) continue
      const about = `create Claim ${name}`
      try {
        await this.#client.create('persistentvolumeclaims', claim)
      } catch (error) {
        await this.warn(
          set,
          'FailedCreate',
          `${about} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${messageOf(error)}`,
        )
        throw new Error(`failed to create PVC ${name}: ${messageOf(error)}`, { cause: error })
      }
      const message = `${about} Pod ${pod} in StatefulSet ${set.metadata.name} success`
      await this.#client.event({ about: set, type: 'Normal', reason: 'SuccessfulCreate', message, component: this.#component })
    }
  }

  async #tell(
    set: StatefulSetObject,
    verb: 'create' | 'update' | 'delete',
    { name, error }: { name: string; error?: unknown },
  ): Promise<void> {
    const what = `${verb} Pod ${name} in StatefulSet ${set.metadata.name}`
    const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`
    if (error !== undefined) return this.warn(set, `Failed${title}`, `${what} failed error: ${messageOf(error)}`)
    const message = `${what} successful`
    await this.#client.event({ about: set, type: 'Normal', reason: `Successful${title}`, message, component: this.#component })
  }
}
