import { selectorProblem } from '../../../../core/kubernetes/label-selector.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import type { Change } from '../../../store/object-store.ts'
import { isOwnStatus } from '../../own-status.ts'
import { Claimant } from '../claimant.ts'
import { controllerOf } from '../controller-reference.ts'
import { ownerKeys } from '../owner-keys.ts'
import { messageOf, PodControl } from '../pod-control.ts'
import { podFromTemplate } from '../pod-from-template.ts'
import { countAlike, isActive, nextAvailableInMs } from '../pod-state.ts'
import { slowStart } from '../slow-start.ts'
import { leavesOwnerUnmoved } from '../unmoved-owner.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { PodObject, ReplicaSetObject } from '../workload-objects.ts'
import { writeStatus } from '../write-status.ts'
import { decideReplicas } from './decide-replicas.ts'
import type { ReplicaSetKind } from './replica-set-kind.ts'
import { replicaSetStatus } from './replica-set-status.ts'

/** Keeps as many pods as a ReplicaSet (or a ReplicationController) asks for. */
export class ReplicaSetController implements Controller {
  readonly name: string
  readonly watches: readonly Watch[]
  readonly #context: WorkloadContext
  readonly #kind: ReplicaSetKind
  readonly #claimant: Claimant
  readonly #podControl: PodControl

  constructor(context: WorkloadContext, kind: ReplicaSetKind) {
    const { client, pods } = context
    this.name = kind.component
    this.#context = context
    this.#kind = kind
    this.#claimant = new Claimant({ client, resource: 'pods', objects: pods, owner: kind })
    this.#podControl = new PodControl(client, kind.component)
    this.watches = [
      { resource: kind.resource, keysOf: (change) => (isOwnStatus(change) ? [] : [nameOf(change.object)]) },
      { resource: 'pods', keysOf: (change) => this.#wokenBy(change) },
    ]
  }

  #wokenBy(change: Change): readonly string[] {
    const { client } = this.#context
    if (leavesOwnerUnmoved(change, { owner: this.#kind, store: client.store, alike: countAlike })) return []
    return ownerKeys(change, this.#kind, this.#kind.selectorOf, client.store)
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { client, clock } = this.#context
    const { namespace, name } = keyOf(key)
    const stored = client.store.get(this.#kind.resource, namespace, name)
    const selector = stored === undefined ? undefined : this.#kind.selectorOf(stored)
    if (stored === undefined || selector === undefined || selectorProblem(selector) !== undefined) return undefined
    const set = as<ReplicaSetObject>(stored)
    // what has finished is not claimed either: it is nobody's business any more
    const claimed = await this.#claimant.claim(set, selector, { considers: (pod) => isActive(as<PodObject>(pod)) })
    const active = claimed.map((pod) => as<PodObject>(pod))
    const failure = set.metadata.deletionTimestamp === undefined ? await this.#manage(set, active) : undefined
    const status = replicaSetStatus({ set, active, nowMs: clock.now(), ...(failure === undefined ? {} : { failure: messageOf(failure) }) })
    await writeStatus(client, this.#kind.resource, set, status)
    if (failure !== undefined) throw failure
    const afterMs = nextAvailableInMs(active, set.spec.minReadySeconds ?? 0, clock.now())
    return afterMs === undefined ? undefined : { afterMs }
  }

  /** Resolves with why it did not work. */
  async #manage(set: ReplicaSetObject, active: readonly PodObject[]): Promise<unknown> {
    const { clock, minor } = this.#context
    const decision = decideReplicas(active, set.spec.replicas ?? 1, {
      minor,
      nowMs: clock.now(),
      colocated: this.#colocated(set),
    })
    switch (decision.kind) {
      case 'Keep':
        return undefined
      case 'Create': {
        const draft = podFromTemplate(set.spec.template, set, this.#kind)
        return slowStart(decision.count, () => this.#podControl.create(set, draft))
      }
      case 'Delete': {
        const results = await Promise.allSettled(decision.pods.map((pod) => this.#podControl.delete(set, pod)))
        return results.find((result) => result.status === 'rejected')?.reason
      }
    }
  }

  /** Counts the pods of all ReplicaSets of the same Deployment on a pod's node; counted only when a pod is to be deleted. */
  #colocated(set: ReplicaSetObject): (pod: PodObject) => number {
    let perNode: Map<string, number> | undefined
    return (pod) => {
      perNode ??= countPerNode(this.#relatedPods(set))
      return perNode.get(pod.spec.nodeName ?? '') ?? 0
    }
  }

  #relatedPods(set: ReplicaSetObject): readonly PodObject[] {
    const { pods, replicaSets } = this.#context
    const controller = controllerOf(set)
    const siblings = controller === undefined ? [set] : replicaSets.controlledBy(controller.uid)
    return siblings.flatMap(({ metadata }) => pods.controlledBy(metadata.uid)).map((pod) => as<PodObject>(pod))
  }
}

function countPerNode(pods: readonly PodObject[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const pod of pods) {
    if (!isActive(pod)) continue
    const node = pod.spec.nodeName ?? ''
    counts.set(node, (counts.get(node) ?? 0) + 1)
  }
  return counts
}
