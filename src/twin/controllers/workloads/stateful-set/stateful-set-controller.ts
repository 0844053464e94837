import { selectorProblem } from '../../../../core/kubernetes/label-selector.ts'
import type { LabelSelector } from '../../../../core/kubernetes/label-selector-schema.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import type { Change } from '../../../store/object-store.ts'
import { Claimant } from '../claimant.ts'
import { surplusRevisions, templateOf } from '../controller-revision.ts'
import { ownerKeys } from '../owner-keys.ts'
import { isTerminating, nextAvailableInMs, sameReadiness } from '../pod-state.ts'
import { RevisionHistory } from '../revision-history.ts'
import { leavesOwnerUnmoved } from '../unmoved-owner.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { ControllerRevisionObject, PodObject, StatefulSetObject } from '../workload-objects.ts'
import { selectorOf } from '../workload-selector.ts'
import { writeStatus } from '../write-status.ts'
import { decideStatefulSet, isCondemned, type StatefulSetAction } from './decide-stateful-set.ts'
import { ordinalOf, revisionOf, statefulPod, statefulSets } from './stateful-pod.ts'
import { StatefulPodControl } from './stateful-pod-control.ts'

/** Since then claims can go with their set or their pod, by `persistentVolumeClaimRetentionPolicy`. */
const claimOwnersMinor = 27

interface Revisions {
  readonly all: readonly ControllerRevisionObject[]
  readonly current: ControllerRevisionObject
  readonly update: ControllerRevisionObject
}

/** Keeps the pods of a StatefulSet: each with a name and claims of its own, one after the other. */
export class StatefulSetController implements Controller {
  readonly name = 'statefulset-controller'
  readonly watches: readonly Watch[]
  readonly #context: WorkloadContext
  readonly #claimant: Claimant
  readonly #history: RevisionHistory
  readonly #podControl: StatefulPodControl

  constructor(context: WorkloadContext) {
    const { client, pods } = context
    this.#context = context
    this.#claimant = new Claimant({ client, resource: 'pods', objects: pods, owner: statefulSets })
    this.#history = new RevisionHistory(context, statefulSets, 'controller.kubernetes.io/hash')
    this.#podControl = new StatefulPodControl(client, this.name)
    this.watches = [
      { resource: statefulSets.resource, keysOf: ({ object }) => [nameOf(object)] },
      { resource: 'pods', keysOf: (change) => this.#wokenBy(change) },
    ]
  }

  #wokenBy(change: Change): readonly string[] {
    const { store } = this.#context.client
    return leavesOwnerUnmoved(change, { owner: statefulSets, store, alike }) ? [] : ownerKeys(change, statefulSets, selectorOf, store)
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { client, clock, minor } = this.#context
    const { namespace, name } = keyOf(key)
    const stored = client.store.get(statefulSets.resource, namespace, name)
    const selector = stored === undefined ? undefined : selectorOf(stored)
    if (stored === undefined || selector === undefined || selectorProblem(selector) !== undefined) return undefined
    const set = as<StatefulSetObject>(stored)
    const claimed = await this.#claimant.claim(set, selector, { accepts: (pod) => ordinalOf(set, pod) !== undefined })
    const pods = claimed.map((pod) => as<PodObject>(pod))
    const revisions = await this.#revisions(set, selector)
    const { actions, status } = decideStatefulSet({
      set,
      pods,
      currentRevision: revisions.current.metadata.name,
      updateRevision: revisions.update.metadata.name,
      minor,
      nowMs: clock.now(),
    })
    await this.#ownClaims(set, pods)
    for (const action of actions) await this.#act(set, action, revisions)
    await writeStatus(client, statefulSets.resource, set, status)
    await this.#truncate(set, pods, revisions)
    const afterMs = nextAvailableInMs(pods, minor >= 23 ? (set.spec.minReadySeconds ?? 0) : 0, clock.now())
    return afterMs === undefined ? undefined : { afterMs }
  }

  /** Before a pod is deleted it is known whether its claims go with it. */
  async #ownClaims(set: StatefulSetObject, pods: readonly PodObject[]): Promise<void> {
    const { minor } = this.#context
    if (minor < claimOwnersMinor || set.metadata.deletionTimestamp !== undefined) return
    for (const pod of pods) {
      const ordinal = ordinalOf(set, pod) ?? -1
      await this.#podControl.ownClaims({ set, pod, condemned: isCondemned(ordinal, { set, minor }) }, ordinal, minor)
    }
  }

  async #revisions(set: StatefulSetObject, selector: LabelSelector): Promise<Revisions> {
    const all = await this.#history.list(set, selector)
    const update = await this.#history.current(set, all)
    const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision)
    return { all, update, current: current ?? update }
  }

  async #act(set: StatefulSetObject, action: StatefulSetAction, { current, update }: Revisions): Promise<void> {
    switch (action.kind) {
      case 'Create': {
        const { ordinal, revision } = action
        const template = (revision === update.metadata.name ? undefined : templateOf(current)) ?? set.spec.template
        return this.#podControl.create(set, statefulPod(set, { ordinal, template, revision }, this.#context.minor), ordinal)
      }
      case 'Repair':
        return this.#podControl.repair(set, action.pod, action.ordinal)
      case 'Delete': {
        if (action.why === 'Failed' || action.why === 'Succeeded') {
          const [reason, state] = action.why === 'Failed' ? ['RecreatingFailedPod', 'failed'] : ['RecreatingTerminatedPod', 'terminated']
          await this.#podControl.warn(set, reason, `StatefulSet ${nameOf(set)} is recreating ${state} Pod ${action.pod.metadata.name}`)
        }
        return this.#podControl.delete(set, action.pod)
      }
    }
  }

  /** What no pod is made of any more is kept as far as the history may be long. */
  async #truncate(set: StatefulSetObject, pods: readonly PodObject[], { all, current, update }: Revisions): Promise<void> {
    const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOf)])
    const isLive = ({ metadata }: ControllerRevisionObject) => live.has(metadata.name)
    const dead = all.filter((revision) => !isLive(revision))
    for (const revision of surplusRevisions(all, isLive, dead.length - (set.spec.revisionHistoryLimit ?? 10))) {
      await this.#history.delete(revision)
    }
  }
}

/** Whether no StatefulSet can tell two versions of a pod apart. */
function alike(a: PodObject, b: PodObject): boolean {
  return (
    a.status?.phase === b.status?.phase &&
    isTerminating(a) === isTerminating(b) &&
    sameReadiness(a, b) &&
    sameJson(a.metadata.labels, b.metadata.labels)
  )
}
