import type { Node, Pod } from 'kubernetes-types/core/v1'
import { createApiClient } from '../../cluster/api-client.ts'
import type { Clock } from '../../cluster/clock.ts'
import { discoverServer } from '../../cluster/server-capabilities.ts'
import type { ApiTransport } from '../../cluster/transport.ts'
import type { DrainPolicy } from '../../core/drain/drain-policy.ts'
import { as } from '../kube-object.ts'
import type { Twin } from '../twin.ts'
import { NodeUpgrade, type NodeUpgradeMeans } from './node-upgrade.ts'
import type { Scenario } from './scenario-schema.ts'
import type { NodeMoment } from './scenario-steps.ts'

export interface UpgradeMeans {
  readonly twin: Twin
  /** How whoever upgrades reaches the API server. */
  readonly transport: ApiTransport
  /** Of whoever upgrades. */
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly reached: (moment: NodeMoment, node: string) => void
  readonly say: (text: string) => void
}

const pollMs = 2000

/** The nodes of a run, batch by batch. */
export class RollingUpgrade {
  readonly #run: Scenario['run']
  readonly #means: UpgradeMeans
  readonly nodes: NodeUpgrade[] = []

  constructor(run: Scenario['run'], means: UpgradeMeans) {
    this.#run = run
    this.#means = means
  }

  /** Resolves when all nodes are done or the signal has been given. */
  async start(): Promise<void> {
    const { signal } = this.#means
    const waiting = [...this.#nodeNames()]
    const client = await this.#connect()
    if (client === undefined) return
    const { concurrency = 1, together = false } = this.#run
    const begin = async (batch: readonly string[]) => {
      const gather = together ? gatheringOf(batch.length, signal) : () => Promise.resolve()
      const upgrades = batch.map((node) => new NodeUpgrade(node, this.#nodeMeans(client, gather)))
      this.nodes.push(...upgrades)
      await Promise.all(upgrades.map((upgrade) => upgrade.run()))
    }
    if (together) {
      while (waiting.length > 0 && !signal.aborted) await begin(waiting.splice(0, concurrency))
      return
    }
    const lane = async () => {
      for (let node = waiting.shift(); node !== undefined && !signal.aborted; node = waiting.shift()) await begin([node])
    }
    await Promise.all(Array.from({ length: concurrency }, lane))
  }

  #nodeNames(): readonly string[] {
    const { nodes, nodeSelector } = this.#run
    if (nodes !== undefined) return nodes
    const wanted = Object.entries(nodeSelector ?? {})
    const all = this.#means.twin.api.registry.store.list('nodes').map((node) => as<Node>(node))
    return all
      .filter(({ metadata }) => wanted.every(([key, value]) => metadata?.labels?.[key] === value))
      .map(({ metadata }) => metadata?.name ?? '')
  }

  async #connect() {
    const { transport, clock, signal, say } = this.#means
    while (!signal.aborted) {
      try {
        return createApiClient(transport, await discoverServer(transport), { clock })
      } catch (error) {
        say(`the API server cannot be asked: ${(error as Error).message}`)
        await clock.sleep(pollMs, signal)
      }
    }
    return undefined
  }

  #nodeMeans(client: NodeUpgradeMeans['client'], gather: NodeUpgradeMeans['gather']): NodeUpgradeMeans {
    const { twin, clock, signal, reached, say } = this.#means
    const { version } = this.#run
    return { client, fleet: twin.fleet, clock, signal, policy: this.policy, version, gather, reached, say, soak: () => this.#soak() }
  }

  /** As the run says, DaemonSets always ignored. */
  get policy(): DrainPolicy {
    const {
      force = false,
      deleteEmptyDirData = true,
      disableEviction = false,
      skipWaitForDeleteTimeout = 0,
      timeout,
    } = this.#run.drain ?? {}
    return {
      force,
      deleteEmptyDirData,
      disableEviction,
      ignoreDaemonSets: true,
      skipWaitForDeleteTimeoutSeconds: skipWaitForDeleteTimeout,
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    }
  }

  async #soak(): Promise<void> {
    if (this.#run.soak !== true) return
    const { twin, clock, signal } = this.#means
    const isPending = (pod: Pod) => pod.status?.phase === 'Pending' || pod.metadata?.deletionTimestamp !== undefined
    while (!signal.aborted && twin.api.registry.store.list('pods').some((pod) => isPending(as<Pod>(pod)))) await clock.sleep(pollMs, signal)
  }
}

/** A place where so many wait for each other, or for the signal. */
function gatheringOf(count: number, signal: AbortSignal): () => Promise<void> {
  let here = 0
  let open: () => void = () => {}
  const all = new Promise<void>((resolve) => {
    open = resolve
  })
  signal.addEventListener('abort', () => open(), { once: true })
  return () => {
    here += 1
    if (here >= count) open()
    return all
  }
}
