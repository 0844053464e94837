import type { LabelSelector } from '../../../core/kubernetes/label-selector-schema.ts'
import { sameJson } from '../../api/same-json.ts'
import { as } from '../../kube-object.ts'
import type { TwinClient } from '../../twin-client.ts'
import { Claimant } from './claimant.ts'
import type { OwnerKind } from './controller-reference.ts'
import { decideRevision, newRevision, type Revised, revisionData } from './controller-revision.ts'
import { isStatus } from './pod-control.ts'
import type { WorkloadContext } from './workload-context.ts'
import type { ControllerRevisionObject } from './workload-objects.ts'
import { writeStatus } from './write-status.ts'

const resource = 'controllerrevisions.apps'

/** The ControllerRevisions of a kind of owner. */
export class RevisionHistory {
  readonly #client: TwinClient
  readonly #claimant: Claimant
  readonly #kind: OwnerKind
  readonly #hashLabel: string

  /** `hashLabel`: under which a revision carries the hash of its template. */
  constructor({ client, revisions }: WorkloadContext, kind: OwnerKind, hashLabel: string) {
    this.#client = client
    this.#claimant = new Claimant({ client, resource, objects: revisions, owner: kind })
    this.#kind = kind
    this.#hashLabel = hashLabel
  }

  async list(owner: Revised, selector: LabelSelector | undefined): Promise<readonly ControllerRevisionObject[]> {
    return (await this.#claimant.claim(owner, selector)).map((revision) => as<ControllerRevisionObject>(revision))
  }

  /** The revision of the owner's present template, made or raised when it has to be. Throws when its name is taken by another template. */
  async current(owner: Revised, revisions: readonly ControllerRevisionObject[]): Promise<ControllerRevisionObject> {
    const decision = decideRevision(revisions, owner.spec.template)
    switch (decision.kind) {
      case 'Keep':
        return decision.revision
      case 'Raise':
        return as<ControllerRevisionObject>(await this.#client.update(resource, { ...decision.revision, revision: decision.to }))
      case 'Create':
        return this.#create(owner, decision.number)
    }
  }

  async delete({ metadata: { namespace, name, uid } }: ControllerRevisionObject): Promise<void> {
    await this.#client.delete(resource, { namespace, name }, { uid })
  }

  async #create(owner: Revised, number: number): Promise<ControllerRevisionObject> {
    const draft = newRevision(owner, this.#kind, number, this.#hashLabel)
    try {
      return as<ControllerRevisionObject>(await this.#client.create(resource, draft))
    } catch (error) {
      if (!isStatus(error, 409)) throw error
      const taken = this.#client.store.get(resource, owner.metadata.namespace, draft.metadata?.name ?? '')
      if (taken !== undefined && sameJson(taken.data, revisionData(owner.spec.template))) return as<ControllerRevisionObject>(taken)
      await writeStatus(this.#client, this.#kind.resource, owner, { collisionCount: (owner.status?.collisionCount ?? 0) + 1 })
      throw error
    }
  }
}
