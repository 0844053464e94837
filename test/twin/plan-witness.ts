import type { Job } from 'kubernetes-types/batch/v1'
import type { Node, Pod } from 'kubernetes-types/core/v1'
import { compareUpstream, parseVersion } from '../../src/core/version/kubernetes-version.ts'
import { as, type KubeObject } from '../../src/twin/kube-object.ts'
import type { ContainerHappening } from '../../src/twin/kubelet/kubelet-options.ts'
import type { Change, ObjectStore } from '../../src/twin/store/object-store.ts'
import { foreignTaint } from './story-objects.ts'
import { volumesLeftAt } from './volumes-left-at.ts'

const planLabel = 'upgrade.cattle.io/plan'
const versionLabel = 'upgrade.cattle.io/version'

/** Looks at every change of a store and remembers what must never be. */
export class PlanWitness {
  readonly violations: string[] = []
  readonly #store: ObjectStore
  readonly #now: () => number
  /** By Plan: names of Jobs that have begun and not ended. */
  readonly #running = new Map<string, Set<string>>()
  /** Upgrades that ended well, by Plan, version and node. */
  readonly #upgrades = new Map<string, number>()
  readonly #cordonedBefore = new Set<string>()

  constructor(store: ObjectStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** From now on; what is cordoned by now is somebody else's doing. */
  begin(): void {
    for (const node of this.#store.list('nodes')) if (as<Node>(node).spec?.unschedulable) this.#cordonedBefore.add(node.metadata.name)
    this.#store.subscribe((change) => {
      if (change.resource === 'jobs.batch') this.#seeJob(change)
      if (change.resource === 'nodes') this.#seeNode(change)
      if (change.resource === 'pods') this.#seePod(change)
    })
  }

  /** To be told by the kubelets. */
  onContainer({ node, pod, effect }: ContainerHappening): void {
    const plan = pod.metadata?.labels?.[planLabel]
    if (plan === undefined || effect.kind !== 'Ended' || effect.container !== 'upgrade' || effect.end.exitCode !== 0) return
    if (!(effect.course.effects ?? []).some(({ kind }) => kind === 'ReplaceKubernetes')) return
    const key = `${plan} to ${pod.metadata?.labels?.[versionLabel]} on ${node}`
    const count = (this.#upgrades.get(key) ?? 0) + 1
    this.#upgrades.set(key, count)
    if (count > 1) this.#violated(`${key}: upgraded ${count} times`)
  }

  /** Nodes that are not as Falkirk found them; to be asked when nothing is at work. */
  leftOvers(): string[] {
    return this.#store.list('nodes').flatMap((object) => {
      const { spec, metadata } = as<Node>(object)
      const { name } = object.metadata
      const journal = metadata?.annotations?.['falkirk.dev/journal']
      return [
        ...(spec?.unschedulable === true && !this.#cordonedBefore.has(name) ? [`${name} is left cordoned`] : []),
        ...(journal === undefined ? [] : [`${name} is left with a journal: ${journal}`]),
      ]
    })
  }

  #violated(what: string): void {
    this.violations.push(`${new Date(this.#now()).toISOString()} ${what}`)
  }

  #seeJob({ kind, object }: Change): void {
    const { metadata, spec, status } = as<Job>(object)
    const plan = metadata?.labels?.[planLabel]
    if (plan === undefined) return
    if (kind === 'Added') this.#seeVolumes(object)
    const ended = (status?.conditions ?? []).some(({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'))
    const runs = kind !== 'Deleted' && !ended && spec?.parallelism !== 0
    const running = this.#running.get(plan) ?? new Set()
    this.#running.set(plan, running)
    if (!runs) return void running.delete(object.metadata.name)
    running.add(object.metadata.name)
    const limit = this.#concurrencyOf(object)
    if (limit !== undefined && running.size > limit) this.#violated(`${plan}: ${running.size} Jobs at a time, concurrency is ${limit}`)
  }

  /** Where the controller drains, no volume is at a node that is changed but those of pods that stay there. */
  #seeVolumes(job: KubeObject): void {
    const { labels = {}, namespace } = job.metadata
    const plan = this.#store.get('plans.upgrade.cattle.io', namespace, labels[planLabel] ?? '')
    const { drain } = (plan?.spec ?? {}) as { drain?: object }
    const isDrained = drain !== undefined && plan?.metadata.annotations?.['falkirk.dev/drain'] === 'controller'
    if (!isDrained || labels['falkirk.dev/stage'] === 'prepare') return
    const node = labels['upgrade.cattle.io/node'] ?? ''
    const left = volumesLeftAt(this.#store, node)
    if (left.length > 0) this.#violated(`${node} is changed although volumes of ${left.join(', ')} are attached to it`)
  }

  #concurrencyOf(job: KubeObject): number | undefined {
    const plan = this.#store.get('plans.upgrade.cattle.io', job.metadata.namespace, job.metadata.labels?.[planLabel] ?? '')
    return (plan?.spec as { concurrency?: number } | undefined)?.concurrency
  }

  #seeNode({ kind, object, previous }: Change): void {
    if (kind !== 'Modified' || previous === undefined) return
    const { name } = object.metadata
    const [was, is] = [as<Node>(previous), as<Node>(object)]
    const versions = [was, is].map(({ status }) => parseVersion(status?.nodeInfo?.kubeletVersion ?? ''))
    const [from, to] = versions
    if (from !== undefined && to !== undefined && compareUpstream(to, from) < 0)
      this.#violated(`${name} went from ${from.text} to ${to.text}`)
    if (this.#cordonedBefore.has(name) && is.spec?.unschedulable !== true)
      this.#violated(`${name} was made schedulable against somebody's cordon`)
    const tainted = ({ spec }: Node) => spec?.taints?.some(({ key }) => key === foreignTaint.key) === true
    if (tainted(was) && !tainted(is)) this.#violated(`${name} lost somebody's taint`)
  }

  /** A pod that is told to go leaves as many ready pods behind as its budget wants. */
  #seePod({ kind, object, previous }: Change): void {
    if (kind !== 'Modified' || previous?.metadata.deletionTimestamp !== undefined || object.metadata.deletionTimestamp === undefined) return
    const { namespace = '', name } = object.metadata
    const app = object.metadata.labels?.app
    const budget = app === undefined ? undefined : this.#store.get('poddisruptionbudgets.policy', namespace, app)
    if (budget === undefined || !isReady(previous)) return
    const peers = this.#store.list('pods', namespace).filter((pod) => pod.metadata.labels?.app === app)
    const ready = peers.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length
    const { minAvailable = 0 } = budget.spec as { minAvailable?: number }
    if (ready < minAvailable) this.#violated(`${name} was told to go with ${ready} ready pods left, its budget wants ${minAvailable}`)
  }
}

function isReady(pod: KubeObject | undefined): boolean {
  if (pod === undefined) return false
  return as<Pod>(pod).status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
