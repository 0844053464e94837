import { sameJson } from '../../../api/same-json.ts'
import { as, type DraftObject, type KubeObject } from '../../../kube-object.ts'
import { controllerOf } from '../controller-reference.ts'
import { isNamespaceTerminating, isStatus, messageOf } from '../pod-control.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { newReplicaSet } from './new-replica-set.ts'
import { sameTemplate, sizeOf } from './replica-set-family.ts'
import { currentAnnotations, sizeAnnotations } from './revision-annotations.ts'
import type { Scaling } from './rolling-update.ts'
import { scalingMessage } from './scaling-message.ts'

const replicaSets = 'replicasets.apps'

/** How creating a ReplicaSet went. */
export type CreatedReplicaSet =
  | { readonly kind: 'Created' | 'Known'; readonly set: ReplicaSetObject }
  /** Another template has the same hash: the next try takes another. */
  | { readonly kind: 'Collision' }
  | { readonly kind: 'Failed'; readonly name: string; readonly error: unknown; readonly message: string }

/** What a Deployment does to its ReplicaSets. */
export class ReplicaSetControl {
  readonly #context: WorkloadContext

  constructor(context: WorkloadContext) {
    this.#context = context
  }

  async create(deployment: DeploymentObject, old: readonly ReplicaSetObject[], revision: number): Promise<CreatedReplicaSet> {
    const draft = newReplicaSet(deployment, old, revision)
    const name = draft.metadata?.name ?? ''
    try {
      const set = as<ReplicaSetObject>(await this.#context.client.create(replicaSets, draft))
      if (sizeOf(set) > 0) await this.#tell(deployment, scalingMessage({ name, from: 0, to: sizeOf(set) }, this.#context.minor))
      return { kind: 'Created', set }
    } catch (error) {
      if (isStatus(error, 409)) return this.#known(deployment, name)
      const message = `Failed to create new replica set ${JSON.stringify(name)}: ${messageOf(error)}`
      if (!isNamespaceTerminating(error)) await this.#tell(deployment, message, 'ReplicaSetCreateError')
      return { kind: 'Failed', name, error, message }
    }
  }

  #known(deployment: DeploymentObject, name: string): CreatedReplicaSet {
    const stored = this.#context.client.store.get(replicaSets, deployment.metadata.namespace, name)
    if (stored === undefined || controllerOf(stored)?.uid !== deployment.metadata.uid) return { kind: 'Collision' }
    const set = as<ReplicaSetObject>(stored)
    return sameTemplate(set.spec.template, deployment.spec.template) ? { kind: 'Known', set } : { kind: 'Collision' }
  }

  /** Gives a ReplicaSet its size and what it must remember of the Deployment's. */
  async scale(deployment: DeploymentObject, { set, to }: Scaling): Promise<void> {
    const from = sizeOf(set)
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) }
    if (from === to && sameJson(annotations, set.metadata.annotations ?? {})) return
    await this.#update({ ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas: to } })
    if (from !== to) await this.#tell(deployment, scalingMessage({ name: set.metadata.name, from, to }, this.#context.minor))
  }

  /** The ReplicaSet with the Deployment's annotations, revision and minReadySeconds; `undefined` when it has them already. */
  async refresh(deployment: DeploymentObject, set: ReplicaSetObject, revision: number): Promise<ReplicaSetObject | undefined> {
    const annotations = currentAnnotations(deployment, set, revision)
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0
    if (sameJson(annotations, set.metadata.annotations ?? {}) && (set.spec.minReadySeconds ?? 0) === minReadySeconds) return undefined
    const updated = await this.#update({ ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } })
    return as<ReplicaSetObject>(updated)
  }

  async delete({ metadata: { namespace, name, uid } }: ReplicaSetObject): Promise<void> {
    await this.#context.client.delete(replicaSets, { namespace, name }, { uid })
  }

  #update(set: DraftObject): Promise<KubeObject> {
    return this.#context.client.update(replicaSets, set)
  }

  async #tell(about: KubeObject, message: string, failure?: string): Promise<void> {
    const type = failure === undefined ? 'Normal' : 'Warning'
    await this.#context.client.event({ about, type, reason: failure ?? 'ScalingReplicaSet', message, component: 'deployment-controller' })
  }
}
