import type { DeploymentStatus } from 'kubernetes-types/apps/v1.js'
import type { LabelSelector } from '../../../../core/kubernetes/label-selector-schema.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as, type KubeObject } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import { Claimant } from '../claimant.ts'
import { controllerOf } from '../controller-reference.ts'
import { ownerKeys } from '../owner-keys.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { DeploymentObject, PodObject, ReplicaSetObject } from '../workload-objects.ts'
import { selectorOf } from '../workload-selector.ts'
import { writeStatus } from '../write-status.ts'
import { decideRecreate } from './decide-recreate.ts'
import { findCondition, withCondition } from './deployment-condition.ts'
import { countedStatus, hasProgressDeadline, isComplete, progress, progressCheckInMs, rolloutStatus } from './deployment-status.ts'
import { deployments } from './new-replica-set.ts'
import { surplusRevisions } from './old-revisions.ts'
import { decideScaling, isScalingEvent } from './proportional-scaling.ts'
import { ReplicaSetControl } from './replica-set-control.ts'
import { type ReplicaSetFamily, replicaSetFamily } from './replica-set-family.ts'
import { highestRevision, revisionAnnotation } from './revision-annotations.ts'
import { decideRollingUpdate, type Scaling } from './rolling-update.ts'
import { isRollingUpdate } from './rollout-limits.ts'

/** Moves the pods of a Deployment from one template to the next. */
export class DeploymentController implements Controller {
  readonly name = 'deployment-controller'
  readonly watches: readonly Watch[]
  readonly #context: WorkloadContext
  readonly #claimant: Claimant
  readonly #sets: ReplicaSetControl

  constructor(context: WorkloadContext) {
    const { client, replicaSets } = context
    this.#context = context
    this.#claimant = new Claimant({ client, resource: 'replicasets.apps', objects: replicaSets, owner: deployments })
    this.#sets = new ReplicaSetControl(context)
    this.watches = [
      { resource: deployments.resource, keysOf: ({ object }) => [nameOf(object)] },
      { resource: 'replicasets.apps', keysOf: (change) => ownerKeys(change, deployments, selectorOf, client.store) },
      { resource: 'pods', keysOf: (change) => (change.kind === 'Deleted' ? this.#recreating(change.object) : []) },
    ]
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace, name } = keyOf(key)
    const stored = this.#context.client.store.get(deployments.resource, namespace, name)
    if (stored === undefined || selectorOf(stored) === undefined) return undefined
    const deployment = as<DeploymentObject>(stored)
    if (isEmpty(selectorOf(deployment))) return this.#refuseEverything(deployment)
    const sets = (await this.#claimant.claim(deployment, selectorOf(deployment))).map((set) => as<ReplicaSetObject>(set))
    const family = replicaSetFamily(deployment, sets)
    if (deployment.metadata.deletionTimestamp !== undefined) return this.#writeCounts(deployment, family)
    const known = await this.#notePause(deployment)
    const current = await this.#noteRevision(known, family)
    if (deployment.spec.paused === true || isScalingEvent(current.deployment, current.family)) return this.#scale(current)
    return isRollingUpdate(deployment) ? this.#rollingUpdate(current) : this.#recreate(current)
  }

  /** A Deployment that selects every pod of its namespace is told so, and nothing else is done. */
  async #refuseEverything(deployment: DeploymentObject): Promise<undefined> {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    await this.#context.client.event({ about: deployment, type: 'Warning', reason: 'SelectingAll', message, component: this.name })
    await this.#write(deployment, { observedGeneration: deployment.metadata.generation ?? 0 })
    return undefined
  }

  /** So that the time of a pause is not taken for a rollout that does not get on. */
  async #notePause(deployment: DeploymentObject): Promise<DeploymentObject> {
    const current = findCondition(deployment.status, 'Progressing')
    if (!hasProgressDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return deployment
    const paused = deployment.spec.paused === true
    if (paused === (current?.reason === 'DeploymentPaused')) return deployment
    const news = paused
      ? progress('Unknown', 'DeploymentPaused', 'Deployment is paused')
      : progress('Unknown', 'DeploymentResumed', 'Deployment is resumed')
    return this.#writeCondition(deployment, news)
  }

  /** The ReplicaSet of the present template has the highest revision, and the Deployment is annotated with it. */
  async #noteRevision(deployment: DeploymentObject, family: ReplicaSetFamily): Promise<Situation> {
    const { current, old } = family
    if (current === undefined) return { deployment, family }
    const refreshed = await this.#sets.refresh(deployment, current, highestRevision(old) + 1)
    if (refreshed !== undefined) return { deployment, family: { current: refreshed, old } }
    const annotated = await this.#writeRevision(deployment, current.metadata.annotations?.[revisionAnnotation])
    if (!hasProgressDeadline(annotated) || findCondition(annotated.status, 'Progressing') !== undefined)
      return { deployment: annotated, family }
    const news = progress('True', 'FoundNewReplicaSet', `Found new replica set ${JSON.stringify(current.metadata.name)}`)
    return { deployment: await this.#writeCondition(annotated, news), family }
  }

  async #scale({ deployment, family }: Situation): Promise<undefined> {
    for (const scaling of decideScaling(deployment, family)) await this.#sets.scale(deployment, scaling)
    if (deployment.spec.paused === true) await this.#cleanUp(deployment, family)
    return this.#writeCounts(deployment, family)
  }

  async #rollingUpdate(found: Situation): Promise<Wake | undefined> {
    const situation = found.family.current === undefined ? await this.#create(found) : found
    const scalings = decideRollingUpdate(situation.deployment, situation.family)
    return this.#finishRollout(situation, scalings)
  }

  async #recreate(found: Situation): Promise<Wake | undefined> {
    const step = decideRecreate(found.deployment, found.family, this.#podsOf(found.family.old))
    switch (step.kind) {
      case 'Scale':
        return this.#finishRollout(found, step.scalings)
      case 'Wait':
        return this.#writeRollout(found)
      case 'CreateReplicaSet':
        return this.#finishRollout(await this.#create(found), [])
      case 'Rest':
        return this.#finishRollout(found, [])
    }
  }

  async #finishRollout(situation: Situation, scalings: readonly Scaling[]): Promise<Wake | undefined> {
    const { deployment, family } = situation
    for (const scaling of scalings) await this.#sets.scale(deployment, scaling)
    if (scalings.length === 0 && isComplete(deployment, deployment.status)) await this.#cleanUp(deployment, family)
    return this.#writeRollout(situation)
  }

  async #create({ deployment, family }: Situation): Promise<Situation> {
    const revision = highestRevision(family.old) + 1
    const created = await this.#sets.create(deployment, family.old, revision)
    switch (created.kind) {
      case 'Collision': {
        const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
        await this.#write(deployment, { collisionCount })
        throw new Error(`the hash of the template of ${nameOf(deployment)} is taken; the next one is tried`)
      }
      case 'Failed': {
        if (hasProgressDeadline(deployment))
          await this.#writeCondition(deployment, progress('False', 'ReplicaSetCreateError', created.message))
        throw created.error
      }
      case 'Known':
      case 'Created': {
        const annotated = await this.#writeRevision(deployment, String(revision))
        const news = progress('True', 'NewReplicaSetCreated', `Created new replica set ${JSON.stringify(created.set.metadata.name)}`)
        const told = created.kind === 'Created' && hasProgressDeadline(annotated) ? await this.#writeCondition(annotated, news) : annotated
        return { deployment: told, family: { ...family, current: created.set } }
      }
    }
  }

  async #cleanUp(deployment: DeploymentObject, { old }: ReplicaSetFamily): Promise<void> {
    for (const set of surplusRevisions(deployment, old, this.#context.minor)) await this.#sets.delete(set)
  }

  async #writeRollout({ deployment, family }: Situation): Promise<Wake | undefined> {
    const nowMs = this.#context.clock.now()
    const status = rolloutStatus(deployment, family, nowMs)
    await this.#write(deployment, status)
    const afterMs = progressCheckInMs(deployment, status, nowMs)
    return afterMs === undefined ? undefined : { afterMs }
  }

  async #writeCounts(deployment: DeploymentObject, family: ReplicaSetFamily): Promise<undefined> {
    await this.#write(deployment, countedStatus(deployment, family, this.#context.clock.now()))
    return undefined
  }

  async #writeCondition(deployment: DeploymentObject, news: ReturnType<typeof progress>): Promise<DeploymentObject> {
    const conditions = withCondition(deployment.status?.conditions ?? [], news, this.#context.clock.now())
    return this.#write(deployment, { conditions: [...conditions] })
  }

  async #write(deployment: DeploymentObject, status: DeploymentStatus): Promise<DeploymentObject> {
    return as<DeploymentObject>(await writeStatus(this.#context.client, deployments.resource, deployment, status))
  }

  /** Written as status, where it does not count as a change of what is wanted. */
  async #writeRevision(deployment: DeploymentObject, revision: string | undefined): Promise<DeploymentObject> {
    const { namespace, name, annotations } = deployment.metadata
    if (revision === undefined || annotations?.[revisionAnnotation] === revision) return deployment
    const written = await this.#context.client.change(
      deployments.resource,
      { namespace, name },
      (current) => ({
        ...current,
        metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [revisionAnnotation]: revision } },
      }),
      'status',
    )
    return as<DeploymentObject>(written)
  }

  #podsOf(sets: readonly ReplicaSetObject[]): readonly PodObject[] {
    return sets.flatMap(({ metadata }) => this.#context.pods.controlledBy(metadata.uid)).map((pod) => as<PodObject>(pod))
  }

  /** The last old pod is gone: a Deployment of strategy Recreate has waited for this. */
  #recreating(pod: KubeObject): readonly string[] {
    const { store } = this.#context.client
    const set = controllerOf(pod)
    const owner = set?.kind === 'ReplicaSet' ? store.get('replicasets.apps', pod.metadata.namespace, set.name) : undefined
    const reference = owner === undefined ? undefined : controllerOf(owner)
    const deployment =
      reference?.kind === 'Deployment' ? store.get(deployments.resource, pod.metadata.namespace, reference.name) : undefined
    return deployment === undefined || isRollingUpdate(as<DeploymentObject>(deployment)) ? [] : [nameOf(deployment)]
  }
}

interface Situation {
  readonly deployment: DeploymentObject
  readonly family: ReplicaSetFamily
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0
}
