import type { AttachmentFacts, VolumeClaim } from '../drain/volume-attachment.ts'
import type { JobEnd, JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { statusPatch } from '../kubernetes/status-patch.ts'
import { aNode, noonMs } from '../plan/plan-facts.test-support.ts'
import { shippedReleases } from '../version/shipped-releases.ts'
import { type ClusterUpgrade, parseUpgrade } from './api/cluster-upgrade.ts'
import type { ClusterUpgradeStatus } from './api/upgrade-status.ts'
import { decideUpgrade } from './decide-upgrade.ts'
import type { CanaryFacts, CanaryOrder } from './health/canary.ts'
import type { ClusterHealth } from './health/cluster-health.ts'
import type { HostState, HostWork } from './hosts/host-work.ts'
import { parseRunEntry, type RunEntry } from './run-journal.ts'
import type { UpgradeAction, UpgradeDecision } from './upgrade-decision.ts'
import type { UpgradeFacts } from './upgrade-facts.ts'

const releases = shippedReleases()

export const from = 'v1.30.4+k3s1'
export const to = 'v1.31.5+k3s1'

export function anUpgrade(spec: Readonly<Record<string, unknown>> = {}, more: Partial<ClusterUpgrade> = {}): ClusterUpgrade {
  const parsed = parseUpgrade({
    metadata: { name: 'up', uid: 'uid-up', generation: 1, creationTimestamp: '2026-11-21T11:59:00Z' },
    spec: { version: to, ...spec },
    ...more,
  })
  if (parsed.kind !== 'Upgrade') throw new Error(parsed.message)
  return parsed.upgrade
}

export function server(index: number, more: Partial<NodeFacts> = {}): NodeFacts {
  return aNode(`server-${index}`, { kubeletVersion: from, controlPlane: true, ...more })
}

export function worker(index: number, more: Partial<NodeFacts> = {}): NodeFacts {
  return aNode(`worker-${index}`, { kubeletVersion: from, ...more })
}

/** `count` of what `make` makes, numbered from 0. */
export function several<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

export function aPod(name: string, nodeName: string, more: Partial<PodFacts> = {}): PodFacts {
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels: { app: 'web' },
    nodeName,
    phase: 'Running',
    ready: true,
    createdAtMs: noonMs - 3_600_000,
    gracePeriodSeconds: 30,
    priority: 0,
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-web', controller: true },
    mirror: false,
    hasEmptyDir: false,
    finalizers: [],
    containers: [],
    ...more,
  }
}

/** A volume of claim `default/data`, unless told, that is attached to a node. */
export function anAttachment(nodeName: string, more: Partial<AttachmentFacts> = {}): AttachmentFacts {
  return { name: `csi-${nodeName}`, resourceVersion: '1', nodeName, volume: `disk-of-${nodeName}`, driver: 'disk.example.org', ...more }
}

export function someUpgradeFacts(nodes: readonly NodeFacts[], more: Partial<UpgradeFacts> = {}): UpgradeFacts {
  return {
    upgrade: anUpgrade(),
    nodes,
    jobs: [],
    podsByJob: new Map(),
    podsByNode: { get: () => [] },
    unreadyPods: [],
    health: { atMs: noonMs, troubles: [], components: [], unread: [] },
    apiServer: from,
    releases,
    factsAgeMs: 0,
    failures: new Map(),
    drains: new Map(),
    drainProblems: new Map(),
    refusals: new Map(),
    others: [],
    plansAtWork: [],
    namespace: 'system-upgrade',
    ...more,
  }
}

/** How the Jobs of a world end: `version` is what the kubelet reports then. */
export type JobWay = (job: JobFacts, entry: RunEntry) => { readonly end?: JobEnd['kind']; readonly version?: string }

const allIsWell: JobWay = (job, entry) => ({
  end: 'Complete',
  ...(job.labels['falkirk.dev/step'] === 'Change' ? { version: entry.version } : {}),
})

/** How recipes on hosts end: `version` is what the kubelet reports then. */
export type HostWay = (work: HostWork) => { readonly state?: HostState; readonly version?: string }

const hostsAreWell: HostWay = ({ step, version }) => ({ state: { kind: 'Complete' }, ...(step === 'Change' ? { version } : {}) })

/** A cluster in a few lines, which carries out decisions at once: a whole run takes a few milliseconds. */
export class RunWorld {
  facts: UpgradeFacts
  nowMs = noonMs
  readonly done: UpgradeAction[] = []
  /** Sees every decision before it is carried out. */
  onDecision: (decision: UpgradeDecision) => void = () => {}
  jobWay: JobWay = allIsWell
  /** How Jobs for nodes that the run has not begun with end; undefined: they do not. */
  aheadEnd: JobEnd['kind'] | undefined = 'Complete'
  hostWay: HostWay = hostsAreWell
  /** What has become of a canary, when somebody looks. */
  canaryWay: (canary: CanaryOrder) => Partial<CanaryFacts> = () => ({})
  /** What is not well, when somebody looks. */
  health: Pick<ClusterHealth, 'troubles' | 'components' | 'unread'> = { troubles: [], components: [], unread: [] }
  /** Nodes that have an address of the API, when somebody asks. */
  holders: readonly string[] = []
  /** Nodes that are asked to be drained and keep their pods. */
  readonly stuck = new Set<string>()
  /** Pods that no drain moves, by node. */
  readonly staying = new Map<string, readonly PodFacts[]>()
  /** VolumeAttachments by node. */
  readonly attached = new Map<string, readonly AttachmentFacts[]>()
  /** Claims of volumes, as whoever asks is answered. */
  readonly claims = new Map<string, VolumeClaim>()
  /** How long volumes stay attached to a node after its drain. */
  detachMs = 20_000
  #serial = 0
  #drainNodes: readonly string[] = []

  constructor(nodes: readonly NodeFacts[], more: Partial<UpgradeFacts> = {}) {
    const volumes = { attachments: { get: (node: string) => this.attached.get(node) ?? [] }, claims: this.claims }
    this.facts = someUpgradeFacts(nodes, { volumes, ...more })
  }

  get status(): ClusterUpgradeStatus {
    return this.facts.upgrade.status ?? {}
  }

  decide(): UpgradeDecision {
    return decideUpgrade(this.facts, this.nowMs)
  }

  /** Decides, writes the status and carries everything out, until nothing follows. */
  settle(): UpgradeDecision {
    for (let round = 0; round < 50; round++) {
      const { decision, quiet } = this.turn()
      if (quiet) return decision
    }
    throw new Error(`the decision does not settle: ${JSON.stringify(this.done.slice(-6))}`)
  }

  /** One decision and what it asks for. */
  turn(): { readonly decision: UpgradeDecision; readonly quiet: boolean } {
    this.#drain()
    const decision = this.decide()
    this.onDecision(decision)
    const changed = statusPatch(this.facts.upgrade.status, decision.status) !== undefined
    this.facts = { ...this.facts, upgrade: { ...this.facts.upgrade, status: decision.status } }
    for (const action of decision.actions.flat()) this.carryOut(action)
    this.#lookUp(decision.volumes ?? [])
    const drains = JSON.stringify(decision.drainNodes) !== JSON.stringify(this.#drainNodes)
    this.#drainNodes = decision.drainNodes
    if (decision.asksCanary !== undefined) this.#askCanary(decision.asksCanary)
    if (decision.readsHealth) this.facts = { ...this.facts, health: { ...this.health, atMs: this.nowMs } }
    if (decision.asksHolders !== undefined) this.facts = { ...this.facts, addressHolders: { nodes: this.holders, atMs: this.nowMs } }
    const asks = decision.readsHealth !== undefined || decision.asksCanary !== undefined || decision.asksHolders !== undefined
    return { decision, quiet: !changed && decision.actions.length === 0 && !drains && !asks }
  }

  /** Time passes, Jobs end; until `holds`, or it throws with what was told last. */
  until(holds: (world: this) => boolean, mostSeconds = 7_200): void {
    const endsAtMs = this.nowMs + mostSeconds * 1_000
    for (; this.nowMs < endsAtMs; this.pass()) {
      this.turn()
      if (holds(this)) return
    }
    throw new Error(`not within ${mostSeconds} s: ${JSON.stringify(this.status)}`)
  }

  /** Five seconds go by, in which Jobs end. */
  pass(): void {
    this.#work()
    this.#detach()
    this.nowMs += 5_000
  }

  untilPhase(phase: ClusterUpgradeStatus['phase'], mostSeconds?: number): ClusterUpgradeStatus {
    this.until(({ status }) => status.phase === phase, mostSeconds)
    return this.status
  }

  edit(spec: Readonly<Record<string, unknown>>): void {
    const { upgrade } = this.facts
    const metadata = { ...upgrade.metadata, generation: upgrade.metadata.generation + 1 }
    this.facts = { ...this.facts, upgrade: { ...anUpgrade({ ...upgrade.spec, ...spec }), metadata, status: this.status } }
  }

  node(name: string): NodeFacts {
    const node = this.facts.nodes.find((one) => one.name === name)
    if (node === undefined) throw new Error(`no node ${name}`)
    return node
  }

  entry(name: string): RunEntry | undefined {
    const parsed = parseRunEntry(this.node(name).run)
    return parsed.kind === 'Entry' ? parsed.entry : undefined
  }

  setNode(name: string, change: Partial<NodeFacts>): void {
    this.facts = { ...this.facts, nodes: this.facts.nodes.map((one) => (one.name === name ? { ...one, ...change } : one)) }
  }

  removeNode(name: string): void {
    this.facts = { ...this.facts, nodes: this.facts.nodes.filter((one) => one.name !== name) }
  }

  addNode(node: NodeFacts): void {
    this.facts = { ...this.facts, nodes: [...this.facts.nodes, node] }
  }

  /** Nodes that an entry stands on. */
  marked(): readonly string[] {
    return this.facts.nodes.filter(({ run }) => run !== undefined).map(({ name }) => name)
  }

  changeJobs(): readonly string[] {
    return this.done.flatMap((action) =>
      action.kind === 'CreateJob' && action.job.metadata?.labels?.['falkirk.dev/step'] === 'Change' ? [action.node] : [],
    )
  }

  carryOut(action: UpgradeAction): void {
    this.done.push(action)
    switch (action.kind) {
      case 'PatchNode': {
        const node = this.node(action.node)
        const { entry, labels = {}, unschedulable, taints, osNote } = action.patch
        const run = entry === undefined ? node.run : entry === null ? undefined : JSON.stringify(entry)
        const { run: _, ...rest } = node
        const kept = Object.entries({ ...node.labels, ...labels }).filter(([, value]) => value !== null) as [string, string][]
        const next = {
          ...rest,
          labels: Object.fromEntries(kept),
          ...(run === undefined ? {} : { run }),
          ...(unschedulable === undefined ? {} : { unschedulable }),
          ...(taints === undefined ? {} : { taints }),
          ...(osNote === undefined ? {} : { osNote }),
        }
        this.facts = { ...this.facts, nodes: this.facts.nodes.map((one) => (one.name === next.name ? next : one)) }
        return
      }
      case 'CreateJob':
        this.facts = { ...this.facts, jobs: [...this.facts.jobs, this.#jobFacts(action)] }
        return
      case 'DeleteJob':
        this.facts = { ...this.facts, jobs: this.facts.jobs.filter(({ uid }) => uid !== action.uid) }
        return
      case 'RunHost': {
        const { node, order, attempt } = action
        this.#tellHost(node, { ...order, attempt, state: { kind: 'AtWork' } })
        return
      }
      case 'RecallCanary': {
        const { canary: _, ...facts } = this.facts
        this.facts = facts
        return
      }
      case 'ReadFailure':
        this.facts = { ...this.facts, failures: new Map([...this.facts.failures, [action.jobUid, { log: 'the last line' }]]) }
        return
      default:
        return
    }
  }

  #drain(): void {
    const drains = this.#drainNodes.map((name) => {
      const pods = this.stuck.has(name) ? [aPod(`kept-on-${name}`, name)] : (this.staying.get(name) ?? [])
      const progress = { startedAtMs: 0, answers: new Map() }
      return [name, { pods, daemonSetExists: () => true, progress }] as const
    })
    this.facts = { ...this.facts, drains: new Map(drains) }
  }

  #lookUp(volumes: readonly string[]): void {
    for (const volume of volumes)
      if (!this.claims.has(volume)) this.claims.set(volume, { kind: 'Claim', claim: `default/data-of-${volume}` })
  }

  /** Volumes of pods that have left a node are detached after their time. */
  #detach(): void {
    for (const [node] of this.attached) {
      const entry = this.facts.nodes.some(({ name }) => name === node) ? this.entry(node) : undefined
      if (entry?.step !== 'Detaching' || this.nowMs < Date.parse(entry.since) + this.detachMs) continue
      const stay = new Set(
        (this.staying.get(node) ?? []).flatMap(({ namespace, claims = [] }) => claims.map((claim) => `${namespace}/${claim}`)),
      )
      const left = (this.attached.get(node) ?? []).filter(({ volume }) => {
        const claim = this.claims.get(volume)
        return claim?.kind === 'Claim' && stay.has(claim.claim)
      })
      if (left.length > 0) this.attached.set(node, left)
      else this.attached.delete(node)
    }
  }

  #askCanary(order: CanaryOrder): void {
    const { canary } = this.facts
    const sentAtMs = canary?.name === order.name ? canary.sentAtMs : this.nowMs
    this.facts = { ...this.facts, canary: { name: order.name, sentAtMs, unanswered: [], ...this.canaryWay(order), atMs: this.nowMs } }
  }

  #tellHost(node: string, work: HostWork): void {
    this.facts = { ...this.facts, hostWork: new Map([...(this.facts.hostWork ?? []), [node, work]]) }
  }

  #workOnHosts(): void {
    for (const [node, work] of this.facts.hostWork ?? []) {
      if (work.state.kind !== 'AtWork') continue
      const { state, version } = this.hostWay(work)
      if (version !== undefined) this.setNode(node, { kubeletVersion: version })
      if (state !== undefined) this.#tellHost(node, { ...work, state })
    }
  }

  #work(): void {
    this.#workOnHosts()
    const jobs = this.facts.jobs.map((job) => {
      const name = job.annotations['falkirk.dev/node'] ?? ''
      if (job.end !== undefined || !this.facts.nodes.some((node) => node.name === name)) return job
      const entry = this.entry(name)
      const { end, version } = entry === undefined ? { end: this.aheadEnd } : this.jobWay(job, entry)
      if (version !== undefined) this.setNode(name, { kubeletVersion: version })
      return end === undefined ? job : { ...job, end: { kind: end, atMs: this.nowMs, reason: '', message: '' } }
    })
    this.facts = { ...this.facts, jobs, apiServer: this.#oldestServer() }
  }

  #oldestServer(): string {
    const versions = this.facts.nodes.filter(({ name }) => name.startsWith('server')).map(({ kubeletVersion }) => kubeletVersion)
    return versions.toSorted()[0] ?? from
  }

  #jobFacts({ job: { metadata = {} } }: Extract<UpgradeAction, { kind: 'CreateJob' }>): JobFacts {
    this.#serial += 1
    const name = metadata.name ?? ''
    if (this.facts.jobs.some((job) => job.name === name)) throw new Error(`Job ${name} is made twice`)
    return {
      name,
      namespace: metadata.namespace ?? '',
      uid: `job-${this.#serial}`,
      resourceVersion: '1',
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      ownerUid: '',
      createdAtMs: this.nowMs,
      parallelism: 1,
      suspend: false,
      active: 1,
      succeeded: 0,
      failed: 0,
      deleting: false,
      cordons: false,
    }
  }
}
