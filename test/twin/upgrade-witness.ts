import type { Job } from 'kubernetes-types/batch/v1'
import type { Node, Pod } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../../src/twin/kube-object.ts'
import type { Change, ObjectStore } from '../../src/twin/store/object-store.ts'

/** Looks at every change of a store and remembers what a ClusterUpgrade must never do. Uses nothing of the code that it judges. */
export class UpgradeWitness {
  readonly violations: string[] = []
  /** Nodes in the order in which the change of each began; those of one batch stand together. */
  readonly changed: string[] = []
  /** Versions that each node reported, in their order. */
  readonly versions = new Map<string, string[]>()
  /** How many workers were away at the same time, at the most. */
  mostWorkersAway = 0
  readonly #store: ObjectStore
  readonly #now: () => number
  readonly #cordonedBefore = new Set<string>()
  readonly #changes = new Map<string, number>()

  constructor(store: ObjectStore, now: () => number) {
    this.#store = store
    this.#now = now
    for (const node of store.list('nodes')) if (as<Node>(node).spec?.unschedulable) this.#cordonedBefore.add(node.metadata.name)
    store.subscribe((change) => {
      if (change.resource === 'nodes') this.#seeNode(change)
      if (change.resource === 'jobs.batch') this.#seeJob(change)
      if (change.resource === 'pods') this.#seePod(change)
    })
  }

  /** What Falkirk has left on nodes; to be asked when nothing is at work. */
  leftOvers(): string[] {
    return this.#store.list('nodes').flatMap((object) => {
      const { name, annotations = {}, labels = {} } = object.metadata
      const own = [...Object.keys(annotations), ...Object.keys(labels)].filter((key) => key.startsWith('falkirk.dev/'))
      const cordoned = as<Node>(object).spec?.unschedulable === true && !this.#cordonedBefore.has(name)
      return [...own.map((key) => `${name} is left with ${key}`), ...(cordoned ? [`${name} is left cordoned`] : [])]
    })
  }

  #violated(what: string): void {
    this.violations.push(`${new Date(this.#now()).toISOString()} ${what}`)
  }

  #seeNode({ kind, object, previous }: Change): void {
    if (kind !== 'Modified' || previous === undefined) return
    const { name } = object.metadata
    const [was, is] = [as<Node>(previous), as<Node>(object)]
    if (this.#cordonedBefore.has(name) && is.spec?.unschedulable !== true)
      this.#violated(`${name} was made schedulable against somebody's cordon`)
    if (was.status?.nodeInfo?.kubeletVersion !== is.status?.nodeInfo?.kubeletVersion) this.#seeVersions(object)
    const away = this.#store.list('nodes').filter((node) => isAtWork(node))
    const servers = away.filter(isServer).map((node) => node.metadata.name)
    if (servers.length > 1) this.#violated(`control-plane nodes ${servers.join(' and ')} are at work together`)
    if (servers.length > 0 && away.length > servers.length) this.#violated(`workers are at work beside control-plane node ${servers[0]}`)
    this.mostWorkersAway = Math.max(this.mostWorkersAway, away.length - servers.length)
  }

  /** No kubelet is newer than any API server, nor too old for one; API servers are one minor apart at most. */
  #seeVersions(node: KubeObject): void {
    const changed = node.metadata.name
    this.versions.set(changed, [...(this.versions.get(changed) ?? []), as<Node>(node).status?.nodeInfo?.kubeletVersion ?? ''])
    if (!isAtWork(node)) this.#violated(`${changed} was changed before it was drained`)
    const nodes = this.#store.list('nodes').map((node) => ({ name: node.metadata.name, server: isServer(node), minor: minorOf(node) }))
    const servers = nodes.filter(({ server }) => server).map(({ minor }) => minor)
    const [oldest, newest] = [Math.min(...servers), Math.max(...servers)]
    if (newest - oldest > 1) this.#violated(`${changed}: API servers are ${newest - oldest} minors apart`)
    for (const { name, minor, server } of nodes) {
      if (server) continue
      if (minor > oldest) this.#violated(`${name} runs kubelet 1.${minor}, newer than an API server 1.${oldest}`)
      if (newest - minor > (minor >= 25 ? 3 : 2)) this.#violated(`${name} runs kubelet 1.${minor}, too old for API server 1.${newest}`)
    }
  }

  #seeJob({ kind, object }: Change): void {
    const { metadata } = as<Job>(object)
    const node = metadata?.annotations?.['falkirk.dev/node']
    if (kind !== 'Added' || node === undefined || metadata?.labels?.['falkirk.dev/step'] !== 'Change') return
    const key = `${node} ${metadata.name}`
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + 1)
    if ((this.#changes.get(key) ?? 0) > 1) this.#violated(`${key}: the Job was made twice`)
    if (!this.changed.includes(node)) this.changed.push(node)
    const pods = this.#store.list('pods').filter((pod) => as<Pod>(pod).spec?.nodeName === node && isMovable(pod))
    if (pods.length > 0) this.#violated(`${node} is changed although ${pods.map((pod) => pod.metadata.name).join(', ')} runs there`)
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

function isServer(node: KubeObject): boolean {
  return node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined
}

/** From the cordon until the node is given back. */
function isAtWork(node: KubeObject): boolean {
  const step = /"step":"(Draining|Changing|Verifying)"/
  return step.test(node.metadata.annotations?.['falkirk.dev/run'] ?? '')
}

function minorOf(node: KubeObject): number {
  return Number(/^v1\.(\d+)\./.exec(as<Node>(node).status?.nodeInfo?.kubeletVersion ?? '')?.[1])
}

function isMovable(pod: KubeObject): boolean {
  const { metadata, status } = as<Pod>(pod)
  const owner = metadata?.ownerReferences?.[0]?.kind
  return (
    owner !== 'DaemonSet' && owner !== 'Job' && owner !== 'Node' && status?.phase === 'Running' && metadata?.deletionTimestamp === undefined
  )
}

function isReady(pod: KubeObject | undefined): boolean {
  return pod !== undefined && as<Pod>(pod).status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
