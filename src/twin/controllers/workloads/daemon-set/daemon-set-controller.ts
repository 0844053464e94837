import { selectorProblem } from '../../../../core/kubernetes/label-selector.ts'
import type { LabelSelector } from '../../../../core/kubernetes/label-selector-schema.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import type { Change } from '../../../store/object-store.ts'
import { Claimant } from '../claimant.ts'
import { surplusRevisions } from '../controller-revision.ts'
import { ownerKeys } from '../owner-keys.ts'
import { PodControl } from '../pod-control.ts'
import { nextAvailableInMs } from '../pod-state.ts'
import { RevisionHistory } from '../revision-history.ts'
import { slowStart } from '../slow-start.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { ControllerRevisionObject, DaemonSetObject, NodeObject, PodObject } from '../workload-objects.ts'
import { selectorOf } from '../workload-selector.ts'
import { writeStatus } from '../write-status.ts'
import { daemonPod, daemonSets, hashLabel } from './daemon-pod.ts'
import { type DaemonUpdateInput, decideDaemonUpdate } from './daemon-rolling-update.ts'
import { daemonSetStatus } from './daemon-set-status.ts'
import { daemonSurplus } from './daemon-surplus.ts'
import { daemonsByNode } from './daemons.ts'
import { type DaemonDecision, decideDaemons } from './decide-daemons.ts'
import { FailedDaemonBackoff } from './failed-daemon-backoff.ts'
import { PlacementCache } from './placement-cache.ts'

/** No more than this are created or deleted at once. */
const burst = 250

/** What was decided, and how things are after that. */
interface Managed {
  readonly decision: DaemonDecision
  readonly looked: DaemonUpdateInput
}

/** Keeps one pod of a DaemonSet on every node that it is meant for. */
export class DaemonSetController implements Controller {
  readonly name = 'daemonset-controller'
  readonly watches: readonly Watch[]
  readonly #context: WorkloadContext
  readonly #claimant: Claimant
  readonly #history: RevisionHistory
  readonly #podControl: PodControl
  readonly #backoff = new FailedDaemonBackoff()
  readonly #placements = new PlacementCache()

  constructor(context: WorkloadContext) {
    const { client, pods } = context
    this.#context = context
    this.#claimant = new Claimant({ client, resource: 'pods', objects: pods, owner: daemonSets })
    this.#history = new RevisionHistory(context, daemonSets, hashLabel)
    this.#podControl = new PodControl(client, this.name)
    this.watches = [
      { resource: daemonSets.resource, keysOf: ({ object }) => [nameOf(object)] },
      { resource: 'pods', keysOf: (change) => ownerKeys(change, daemonSets, selectorOf, client.store) },
      { resource: 'nodes', keysOf: (change) => this.#concerned(change) },
    ]
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace, name } = keyOf(key)
    const stored = this.#context.client.store.get(daemonSets.resource, namespace, name)
    const selector = stored === undefined ? undefined : selectorOf(stored)
    if (stored === undefined || selector === undefined || selectorProblem(selector) !== undefined) return undefined
    const set = as<DaemonSetObject>(stored)
    // of one that is being deleted nothing is known: its history may be gone before its pods
    if (set.metadata.deletionTimestamp !== undefined) return undefined
    const revisions = await this.#history.list(set, selector)
    const current = await this.#history.current(set, revisions)
    const hash = current.metadata.labels?.[hashLabel] ?? current.metadata.name
    const { decision, looked } = await this.#manage(set, selector, hash)
    await this.#truncate(set, revisions, { current, pods: podsOf(looked) })
    await writeStatus(this.#context.client, daemonSets.resource, set, daemonSetStatus(looked))
    return this.#wake(looked, decision)
  }

  async #look(set: DaemonSetObject, selector: LabelSelector, hash: string): Promise<DaemonUpdateInput & { lost: readonly PodObject[] }> {
    const { client, clock, minor } = this.#context
    const pods = (await this.#claimant.claim(set, selector)).map((pod) => as<PodObject>(pod))
    const nodes = client.store.list('nodes').map((node) => as<NodeObject>(node))
    const daemons = daemonsByNode(nodes, (node) => this.#placements.of(set.spec.template, node), pods)
    return { set, ...daemons, hash, minor, nowMs: clock.now() }
  }

  /** Puts pods where they belong; when all are in their places, brings one step of the update. */
  async #manage(set: DaemonSetObject, selector: LabelSelector, hash: string): Promise<Managed> {
    const input = await this.#look(set, selector, hash)
    const { uid, namespace } = set.metadata
    const backoffKey = (node: string) => `${uid}/${set.status?.observedGeneration ?? 0}/${node}`
    const decision = decideDaemons(input, {
      waitMs: (node) => this.#backoff.waitMs(backoffKey(node), input.nowMs),
      surplusOf: daemonSurplus(input),
    })
    for (const { node, pod } of decision.failed) {
      this.#backoff.note(backoffKey(node), input.nowMs)
      const message = `Found failed daemon pod ${namespace}/${pod.metadata.name} on node ${node}, will try to kill it`
      await this.#context.client.event({ about: set, type: 'Warning', reason: 'FailedDaemonPod', message, component: this.name })
    }
    const isInPlace = decision.create.length === 0 && decision.delete.length === 0
    const updates = isInPlace && set.spec.updateStrategy?.type !== 'OnDelete'
    const step = updates ? decideDaemonUpdate(input) : decision
    if (step.create.length === 0 && step.delete.length === 0) return { decision, looked: input }
    await this.#apply(set, step, hash)
    return { decision, looked: await this.#look(set, selector, hash) }
  }

  async #apply(set: DaemonSetObject, step: Pick<DaemonDecision, 'create' | 'delete'>, hash: string): Promise<void> {
    const nodes = step.create.slice(0, burst)
    const failure = await slowStart(nodes.length, (at) => this.#podControl.create(set, daemonPod(set, nodes[at] ?? '', hash)))
    const results = await Promise.allSettled(step.delete.slice(0, burst).map((pod) => this.#podControl.delete(set, pod)))
    const refused = results.find((result) => result.status === 'rejected')
    if (failure !== undefined) throw failure
    if (refused !== undefined) throw refused.reason
  }

  async #truncate(
    set: DaemonSetObject,
    revisions: readonly ControllerRevisionObject[],
    { current, pods }: { current: ControllerRevisionObject; pods: readonly PodObject[] },
  ): Promise<void> {
    const old = revisions.filter(({ metadata }) => metadata.uid !== current.metadata.uid)
    const live = new Set(pods.map(({ metadata }) => metadata.labels?.[hashLabel]))
    const isLive = ({ metadata }: ControllerRevisionObject) => live.has(metadata.labels?.[hashLabel])
    for (const revision of surplusRevisions(old, isLive, old.length - (set.spec.revisionHistoryLimit ?? 10))) {
      await this.#history.delete(revision)
    }
  }

  #wake(looked: DaemonUpdateInput, { retryInMs }: DaemonDecision): Wake | undefined {
    const { set, nowMs } = looked
    const availableInMs = nextAvailableInMs(podsOf(looked), set.spec.minReadySeconds ?? 0, nowMs)
    const waits = [retryInMs, availableInMs].filter((wait) => wait !== undefined)
    return waits.length === 0 ? undefined : { afterMs: Math.min(...waits) }
  }

  /** The DaemonSets that want something else of a node than before. */
  #concerned({ kind, object, previous }: Change): readonly string[] {
    const { store } = this.#context.client
    const node = as<NodeObject>(object)
    const before = previous === undefined ? undefined : as<NodeObject>(previous)
    if (kind === 'Modified' && before !== undefined && !isPlacedAnew(node, before)) return []
    return store
      .list(daemonSets.resource)
      .filter((stored) => {
        const { template } = as<DaemonSetObject>(stored).spec
        if (kind !== 'Modified' || before === undefined) return kind === 'Deleted' || this.#placements.of(template, node) === 'Run'
        const earlier = this.#placements.of(template, before)
        return this.#placements.of(template, node) !== earlier
      })
      .map(nameOf)
  }
}

function podsOf({ nodes }: DaemonUpdateInput): readonly PodObject[] {
  return nodes.flatMap(({ pods }) => pods)
}

function isPlacedAnew(node: NodeObject, before: NodeObject): boolean {
  if (node.spec === before.spec && node.metadata.labels === before.metadata.labels) return false
  return !sameJson(node.spec?.taints, before.spec?.taints) || !sameJson(node.metadata.labels, before.metadata.labels)
}
