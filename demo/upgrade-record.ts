import { alignColumns } from '../src/cli/align-columns.ts'
import type { NodeRow } from './cluster-view.ts'
import { budgetHolding, type UpgradeLook } from './upgrade-look.ts'

interface BudgetWait {
  /** Tells apart the drains of a node. */
  readonly drain: string
  readonly node: string
  readonly budget: string
  readonly sinceMs: number
  untilMs: number
}

/** Remembers what was seen of a ClusterUpgrade from look to look, and tells it at the end. */
export class UpgradeRecord {
  /** Servers by the version that they came to, both in the order of time. */
  readonly #servers = new Map<string, string[]>()
  #mostServers = 0
  /** How often each worker came to another version. */
  readonly #changes = new Map<string, number>()
  readonly #batches = new Map<string, (readonly string[])[]>()
  readonly #waits: BudgetWait[] = []
  /** UIDs of pods that had to leave. */
  readonly #moved = new Set<string>()
  #drains = 0
  #before: UpgradeLook | undefined

  /** `nowMs`: of any clock that does not go back. */
  see(look: UpgradeLook, nowMs: number): void {
    for (const node of look.cluster.nodes) {
      const was = this.#before?.cluster.nodes.find(({ name }) => name === node.name)
      if (was !== undefined) this.#seeNode(was, node, look)
    }
    this.#seeBatches(look)
    this.#seeWaits(look, nowMs)
    this.#before = look
  }

  /** Lines that say what was seen, aligned; what was not seen has none. */
  report(): readonly string[] {
    const servers = this.#mostServers === 1 ? 'one at a time' : `up to ${this.#mostServers} at a time`
    return alignColumns([
      ...[...this.#servers].map(([version, names], index) => [`hop ${index + 1}`, `${version}: ${names.join(', ')}, ${servers}`]),
      ...[...this.#batches].map(([pool, batches]) => [`pool ${pool}`, `batches of ${batches.map((nodes) => nodes.length).join(', ')}`]),
      ...this.#workerReport(),
      ...this.#waitReport(),
      ['pods', `${this.#moved.size} moved by ${this.#drains} drains`],
    ])
  }

  #workerReport(): readonly (readonly string[])[] {
    const most = Math.max(0, ...this.#changes.values())
    return most === 1 ? [['workers', `${this.#changes.size} upgraded, each drained once: straight to the last hop`]] : []
  }

  #waitReport(): readonly (readonly string[])[] {
    const [longest] = this.#waits.toSorted((a, b) => b.untilMs - b.sinceMs - (a.untilMs - a.sinceMs))
    if (longest === undefined) return []
    const { node, budget, sinceMs, untilMs } = longest
    const many = this.#waits.length === 1 ? '1 drain' : `${this.#waits.length} drains`
    return [['budgets', `${many} had to wait, ${node} longest: ${((untilMs - sinceMs) / 1000).toFixed(1)} s for ${budget}`]]
  }

  #seeNode(was: NodeRow, node: NodeRow, { cluster, run }: UpgradeLook): void {
    const { name, role, version } = node
    const isServer = role === 'server'
    const drained = run.status.inFlight?.some((one) => one.node === name) === true && node.cordoned && !was.cordoned
    if (drained) this.#drains += 1
    if (was.version !== version) {
      if (isServer) this.#servers.set(version, [...(this.#servers.get(version) ?? []), name])
      else this.#changes.set(name, (this.#changes.get(name) ?? 0) + 1)
    }
    for (const { uid } of was.pods) if (!cluster.pods.has(uid)) this.#moved.add(uid)
  }

  #seeBatches({ run: { status }, cluster: { nodes } }: UpgradeLook): void {
    const servers = new Set(nodes.filter(({ role }) => role === 'server').map(({ name }) => name))
    this.#mostServers = Math.max(this.#mostServers, (status.inFlight ?? []).filter(({ node }) => servers.has(node)).length)
    for (const { name, batch } of status.pools ?? []) {
      const known = this.#batches.get(name) ?? []
      if (batch !== undefined && known.at(-1)?.join() !== batch.nodes.join()) this.#batches.set(name, [...known, batch.nodes])
    }
  }

  #seeWaits({ run }: UpgradeLook, nowMs: number): void {
    for (const one of run.status.inFlight ?? []) {
      const { node, since } = one
      const budget = budgetHolding(one)
      if (budget === undefined) continue
      const drain = `${node} ${since}`
      const known = this.#waits.find((wait) => wait.drain === drain && wait.budget === budget)
      if (known === undefined) this.#waits.push({ drain, node, budget, sinceMs: nowMs, untilMs: nowMs })
      else known.untilMs = nowMs
    }
  }
}
