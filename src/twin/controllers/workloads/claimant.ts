import type { LabelSelector } from '../../../core/kubernetes/label-selector.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { TwinClient } from '../../twin-client.ts'
import { type ClaimFilter, decideClaims } from './claim-objects.ts'
import { controllerReference, type OwnerKind } from './controller-reference.ts'
import type { OwnedObjects } from './owned-objects.ts'
import { isStatus } from './pod-control.ts'

export interface ClaimantOptions {
  readonly client: TwinClient
  /** What is claimed: `pods`. */
  readonly resource: string
  readonly objects: OwnedObjects
  readonly owner: OwnerKind
}

/** Keeps an owner's objects in step with its selector: adopts, releases, and tells which are its own. */
export class Claimant {
  readonly #options: ClaimantOptions

  constructor(options: ClaimantOptions) {
    this.#options = options
  }

  /** The owner's objects after adopting and releasing, those that were its own first. */
  async claim(owner: KubeObject, selector: LabelSelector | undefined, filter: ClaimFilter = {}): Promise<readonly KubeObject[]> {
    const { objects } = this.#options
    const { kept, adopt, release } = decideClaims({
      owner,
      selector,
      controlled: objects.controlledBy(owner.metadata.uid),
      orphans: objects.orphans(owner.metadata.namespace),
      filter,
    })
    for (const object of release) await this.#change(object, (current) => withoutOwner(current, owner.metadata.uid))
    const adopted: KubeObject[] = []
    for (const object of adopt) {
      const own = await this.#change(object, (current) => withOwner(current, controllerReference(owner, this.#options.owner)))
      if (own !== undefined) adopted.push(own)
    }
    return [...kept, ...adopted]
  }

  /** Somebody may have deleted the object meanwhile: then there is nothing to change. */
  async #change(object: KubeObject, next: (current: KubeObject) => DraftObject): Promise<KubeObject | undefined> {
    const { client, resource } = this.#options
    const { namespace, name, uid } = object.metadata
    try {
      return await client.change(resource, { namespace, name }, (current) => (current.metadata.uid === uid ? next(current) : current))
    } catch (error) {
      if (isStatus(error, 404)) return undefined
      throw error
    }
  }
}

function withOwner(object: KubeObject, owner: ReturnType<typeof controllerReference>): DraftObject {
  const others = object.metadata.ownerReferences ?? []
  if (others.some(({ controller }) => controller === true)) return object
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others.filter(({ uid }) => uid !== owner.uid), owner] } }
}

function withoutOwner(object: KubeObject, uid: string): DraftObject {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid)
  return { ...object, metadata: { ...object.metadata, ownerReferences } }
}
