import type { Job } from 'kubernetes-types/batch/v1'
import type { Node, PersistentVolume, Pod } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import { as, type KubeObject } from '../../src/twin/kube-object.ts'
import type { ContainerHappening } from '../../src/twin/kubelet/kubelet-options.ts'
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
  /** How often a drain has told a pod to go that is made anew elsewhere. */
  moves = 0
  /** Labels `app` of pods that rules leave on their node. */
  readonly mayStay = new Set<string>()
  /** Nodes whose change is taken back at the moment: they may be lowered. */
  readonly takenBack = new Set<string>()
  /** The spec says Force: what drains delete is not held against them. */
  mayBreakBudgets = false
  /** By the value of label `pool`: the most nodes that may be NotReady or cordoned when one more is cordoned. */
  readonly maxUnavailable = new Map<string, number>()
  /** Nodes that somebody else has cordoned. */
  readonly foreignCordons = new Set<string>()
  /** Nodes that people made schedulable since the run began with them: what is still at work there goes on. */
  readonly freed = new Set<string>()
  /** Since when people want nothing new to be started. */
  #heldSinceMs: number | undefined
  readonly #upgrades = new Map<string, number>()
  readonly #reported = new Map<string, string>()
  readonly #changes = new Map<string, number>()

  constructor(store: ObjectStore, now: () => number) {
    this.#store = store
    this.#now = now
    for (const node of store.list('nodes')) {
      const { name } = node.metadata
      this.#reported.set(name, as<Node>(node).status?.nodeInfo?.kubeletVersion ?? '')
      if (as<Node>(node).spec?.unschedulable) this.foreignCordons.add(name)
    }
    store.subscribe((change) => {
      if (change.resource === 'clusterupgrades.falkirk.dev') this.#seeWish()
      if (change.resource === 'nodes') this.#seeNode(change)
      if (change.resource === 'jobs.batch') this.#seeJob(change)
      if (change.resource === 'pods') this.#seePod(change)
    })
  }

  /** To be told by the kubelets: no node is changed to the same version twice. */
  onContainer({ node, effect }: ContainerHappening): void {
    if (effect.kind !== 'Ended' || effect.container !== 'upgrade' || effect.end.exitCode !== 0) return
    for (const done of effect.course.effects ?? []) {
      if (done.kind !== 'ReplaceKubernetes') continue
      const key = `${node} to ${done.version}`
      this.#upgrades.set(key, (this.#upgrades.get(key) ?? 0) + 1)
      if ((this.#upgrades.get(key) ?? 0) > 1) this.violated(`${key}: changed twice`)
    }
  }

  /** What Falkirk has left on nodes; to be asked when nothing is at work. */
  leftOvers(): string[] {
    return [...this.#markedNodes(), ...this.#waitingJobs()]
  }

  /** A Job that changes a node goes on when its run is gone; one that only fetches does not. */
  #waitingJobs(): readonly string[] {
    const waits = ({ metadata, status }: Job) =>
      metadata?.labels?.['falkirk.dev/step'] === 'Stage' && metadata.deletionTimestamp === undefined && status?.conditions === undefined
    const jobs = this.#store.list('jobs.batch').map((object) => as<Job>(object))
    return jobs.filter(waits).map(({ metadata }) => `job ${metadata?.name} still waits`)
  }

  #markedNodes(): readonly string[] {
    return this.#store.list('nodes').flatMap((object) => {
      const { name, annotations = {}, labels = {} } = object.metadata
      const own = [...Object.keys(annotations), ...Object.keys(labels)].filter((key) => key.startsWith('falkirk.dev/'))
      const cordoned = as<Node>(object).spec?.unschedulable === true && !this.foreignCordons.has(name)
      const tainted = (as<Node>(object).spec?.taints ?? []).some(({ key }) => key.startsWith('falkirk.dev/'))
      const soft = tainted ? [`${name} is left tainted`] : []
      return [...own.map((key) => `${name} is left with ${key}`), ...soft, ...(cordoned ? [`${name} is left cordoned`] : [])]
    })
  }

  violated(what: string): void {
    this.violations.push(`${new Date(this.#now()).toISOString()} ${what}`)
  }

  /** From when on every ClusterUpgrade is to start nothing: what was being decided then may still be begun. */
  #seeWish(): void {
    const wishes = this.#store.list('clusterupgrades.falkirk.dev').map(({ spec }) => (spec as { action?: string }).action ?? 'Run')
    if (wishes.includes('Run')) this.#heldSinceMs = undefined
    else this.#heldSinceMs ??= this.#now()
  }

  #seeNode({ kind, object, previous }: Change): void {
    if (kind !== 'Modified' || previous === undefined) return
    const { name } = object.metadata
    const [was, is] = [as<Node>(previous), as<Node>(object)]
    this.#seeStart(previous, object)
    if (was.spec?.unschedulable !== true && is.spec?.unschedulable === true) this.#seeCordon(object)
    if (this.foreignCordons.has(name) && is.spec?.unschedulable !== true)
      this.violated(`${name} was made schedulable against somebody's cordon`)
    if (was.status?.nodeInfo?.kubeletVersion !== is.status?.nodeInfo?.kubeletVersion) this.#seeVersions(object)
    const away = this.#store.list('nodes').filter((node) => isAtWork(node))
    const servers = away.filter(isServer).map((node) => node.metadata.name)
    if (servers.length > 1) this.violated(`control-plane nodes ${servers.join(' and ')} are at work together`)
    if (servers.length > 0 && away.length > servers.length) this.violated(`workers are at work beside control-plane node ${servers[0]}`)
    this.mostWorkersAway = Math.max(this.mostWorkersAway, away.length - servers.length)
  }

  #seeStart(was: KubeObject, { metadata: { name, annotations } }: KubeObject): void {
    const begins = was.metadata.annotations?.['falkirk.dev/run'] === undefined && annotations?.['falkirk.dev/run'] !== undefined
    if (begins) this.freed.delete(name)
    if (begins && this.#heldSinceMs !== undefined && this.#now() > this.#heldSinceMs + 2_000)
      this.violated(`${name} was started although nobody wants the run to go on`)
  }

  /** Whoever made the others of the pool unavailable: with this one they are not more than its budget. */
  #seeCordon({ metadata: { name, labels } }: KubeObject): void {
    const most = this.maxUnavailable.get(labels?.pool ?? '')
    if (most === undefined || this.foreignCordons.has(name)) return
    const pool = this.#store.list('nodes').filter((node) => node.metadata.labels?.pool === labels?.pool && !isServer(node))
    const away = pool.filter((node) => as<Node>(node).spec?.unschedulable === true || !isReady(node)).map((node) => node.metadata.name)
    if (away.length > most) this.violated(`${name} was cordoned: ${away.join(', ')} are away, and ${most} may be`)
  }

  /** No node is ever lowered. */
  #report(node: KubeObject): string {
    const { name } = node.metadata
    const before = this.#reported.get(name) ?? ''
    const reported = as<Node>(node).status?.nodeInfo?.kubeletVersion ?? ''
    this.#reported.set(name, reported)
    if (ordered(reported) < ordered(before) && !this.takenBack.has(name)) this.violated(`${name} went from ${before} to ${reported}`)
    return reported
  }

  /** No kubelet is newer than any API server, nor too old for one; API servers are one minor apart at most. */
  #seeVersions(node: KubeObject): void {
    const changed = node.metadata.name
    const reported = this.#report(node)
    this.versions.set(changed, [...(this.versions.get(changed) ?? []), reported])
    if (!this.#isDrainedFor(node, reported)) this.violated(`${changed} was changed before it was drained`)
    const nodes = this.#store.list('nodes').map((node) => ({ name: node.metadata.name, server: isServer(node), minor: minorOf(node) }))
    const servers = nodes.filter(({ server }) => server).map(({ minor }) => minor)
    const [oldest, newest] = [Math.min(...servers), Math.max(...servers)]
    if (newest - oldest > 1) this.violated(`${changed}: API servers are ${newest - oldest} minors apart`)
    for (const { name, minor, server } of nodes) {
      if (server) continue
      if (minor > oldest) this.violated(`${name} runs kubelet 1.${minor}, newer than an API server 1.${oldest}`)
      if (newest - minor > (minor >= 25 ? 3 : 2)) this.violated(`${name} runs kubelet 1.${minor}, too old for API server 1.${newest}`)
    }
  }

  /** Somebody may make a node schedulable meanwhile; and a step that failed may have done its work, so that the kubelet comes up after the node was given back. */
  #isDrainedFor(node: KubeObject, reported: string): boolean {
    const { name } = node.metadata
    if (as<Node>(node).spec?.unschedulable === true || this.freed.has(name) || isAtWork(node)) return true
    return this.changed.includes(name) && hasFailedOn(node, reported)
  }

  #seeJob({ kind, object }: Change): void {
    const { metadata } = as<Job>(object)
    const node = metadata?.annotations?.['falkirk.dev/node']
    if (kind !== 'Added' || node === undefined || metadata?.labels?.['falkirk.dev/step'] !== 'Change') return
    const key = `${node} ${metadata.name}`
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + 1)
    if ((this.#changes.get(key) ?? 0) > 1) this.violated(`${key}: the Job was made twice`)
    this.seeChange(node)
  }

  /** A node begins to be changed: whatever can go elsewhere has left it. */
  seeChange(node: string): void {
    if (!this.changed.includes(node)) this.changed.push(node)
    const pods = this.#store
      .list('pods')
      .filter((pod) => as<Pod>(pod).spec?.nodeName === node && isMovable(pod) && !this.mayStay.has(pod.metadata.labels?.app ?? ''))
    this.#seeVolumes(node)
    if (pods.length > 0) this.violated(`${node} is changed although ${pods.map((pod) => pod.metadata.name).join(', ')} runs there`)
  }

  /** No volume is at a node that is changed but those of pods that stay there. Whoever is alone has nobody who could detach it. */
  #seeVolumes(node: string): void {
    if (this.mayBreakBudgets || this.#store.count('nodes') === 1) return
    const stays = this.#store.list('pods').filter((pod) => as<Pod>(pod).spec?.nodeName === node)
    const used = stays.flatMap((pod) =>
      (as<Pod>(pod).spec?.volumes ?? []).map((volume) => `${pod.metadata.namespace}/${volume.persistentVolumeClaim?.claimName}`),
    )
    const left = this.#store.list('volumeattachments.storage.k8s.io').flatMap((object) => {
      const { nodeName, source } = as<VolumeAttachment>(object).spec
      const volume = this.#store.get('persistentvolumes', undefined, source.persistentVolumeName ?? '')
      const { namespace, name } = (volume && as<PersistentVolume>(volume).spec?.claimRef) ?? {}
      return nodeName !== node || used.includes(`${namespace}/${name}`) ? [] : [`${namespace}/${name}`]
    })
    if (left.length > 0) this.violated(`${node} is changed although volumes of ${left.join(', ')} are attached to it`)
  }

  /** A pod that is told to go leaves as many ready pods behind as its budget wants. */
  #seePod({ kind, object, previous }: Change): void {
    if (kind !== 'Modified' || previous?.metadata.deletionTimestamp !== undefined || object.metadata.deletionTimestamp === undefined) return
    const { namespace = '', name } = object.metadata
    const origin = this.#store.get('nodes', undefined, as<Pod>(object).spec?.nodeName ?? '')
    if (origin !== undefined && isAtWork(origin) && isMovable(previous)) this.moves += 1
    const app = object.metadata.labels?.app
    const budget = app === undefined ? undefined : this.#store.get('poddisruptionbudgets.policy', namespace, app)
    // pods of a node that somebody has deleted are nobody's doing here
    if (budget === undefined || !isReady(previous) || origin === undefined) return
    const peers = this.#store.list('pods', namespace).filter((pod) => pod.metadata.labels?.app === app)
    const ready = peers.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length
    const { minAvailable = 0 } = budget.spec as { minAvailable?: number }
    if (ready < minAvailable && !this.mayBreakBudgets)
      this.violated(`${name} was told to go with ${ready} ready pods left, its budget wants ${minAvailable}`)
  }
}

function isServer(node: KubeObject): boolean {
  return node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined
}

/** From the cordon until the node is given back. */
function isAtWork(node: KubeObject): boolean {
  const step = /"step":"(Draining|Detaching|Changing|Verifying)"/
  return step.test(node.metadata.annotations?.['falkirk.dev/run'] ?? '')
}

/** On the way to the version, and given back. */
function hasFailedOn({ metadata: { annotations } }: KubeObject, version: string): boolean {
  const { step, version: wanted } = JSON.parse(annotations?.['falkirk.dev/run'] ?? '{}') as {
    readonly step?: string
    readonly version?: string
  }
  return step === 'Failed' && wanted === version
}

function minorOf(node: KubeObject): number {
  return Number(/^v1\.(\d+)\./.exec(as<Node>(node).status?.nodeInfo?.kubeletVersion ?? '')?.[1])
}

/** Minor and patch as one number. */
function ordered(version: string): number {
  const [, minor = 0, patch = 0] = /^v1\.(\d+)\.(\d+)/.exec(version) ?? []
  return Number(minor) * 1_000 + Number(patch)
}

function isMovable(pod: KubeObject | undefined): boolean {
  if (pod === undefined) return false
  const { metadata, status } = as<Pod>(pod)
  const owner = metadata?.ownerReferences?.[0]?.kind
  return (
    owner !== 'DaemonSet' && owner !== 'Job' && owner !== 'Node' && status?.phase === 'Running' && metadata?.deletionTimestamp === undefined
  )
}

function isReady(object: KubeObject | undefined): boolean {
  return (
    object !== undefined &&
    as<Pod | Node>(object).status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  )
}
