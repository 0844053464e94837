import type { Node } from 'kubernetes-types/core/v1'
import type { ApiClient } from '../../cluster/api-client.ts'
import { isNotFound } from '../../cluster/api-error.ts'
import type { Clock } from '../../cluster/clock.ts'
import { nodes } from '../../cluster/resource.ts'
import type { DrainPolicy } from '../../core/drain/drain-policy.ts'
import type { KubeletFleet } from '../kubelet/kubelet-fleet.ts'
import { DrainRun } from '../machine/effects/drain-run.ts'
import type { NodeMoment } from './scenario-steps.ts'

/** How far a node is. */
export type NodeUpgradeState = 'Waiting' | 'Cordoning' | 'Draining' | 'Drained' | 'Verifying' | 'Uncordoning' | 'Soaking' | 'Done'

export interface NodeUpgradeMeans {
  readonly client: ApiClient
  readonly fleet: KubeletFleet
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly policy: DrainPolicy
  /** The version to get; without one the machine boots. */
  readonly version: string | undefined
  /** Until the other nodes of the batch are as far. */
  readonly gather: () => Promise<void>
  /** Until displaced pods run again. */
  readonly soak: () => Promise<void>
  readonly reached: (moment: NodeMoment, node: string) => void
  readonly say: (text: string) => void
}

const retryMs = 5000
const pollMs = 2000

/** Takes one node through an upgrade as an operator with kubectl would: cordon, drain, change, look, uncordon. What fails is tried again. */
export class NodeUpgrade {
  readonly node: string
  readonly #means: NodeUpgradeMeans
  state: NodeUpgradeState = 'Waiting'
  /** What the last try that failed said. */
  problem: string | undefined

  constructor(node: string, means: NodeUpgradeMeans) {
    this.node = node
    this.#means = means
  }

  /** Resolves when the node is done, is no longer there, or the signal has been given. */
  async run(): Promise<void> {
    const { reached, gather, soak, signal } = this.#means
    const before = await this.#persist('Cordoning', () => this.#cordon(true))
    if (before !== undefined && !signal.aborted) {
      reached('Cordoned', this.node)
      await this.#drain()
      if (signal.aborted) return
      reached('Drained', this.node)
      this.state = 'Drained'
      await gather()
      if (signal.aborted) return
      await this.#change(before)
      if (signal.aborted) return
      reached('Ready', this.node)
      if (before.spec?.unschedulable !== true) await this.#persist('Uncordoning', () => this.#cordon(false))
      this.state = 'Soaking'
      await soak()
    }
    if (signal.aborted) return
    this.state = 'Done'
    reached('Done', this.node)
  }

  /** The node as it was before; `undefined` when it is gone. */
  async #cordon(unschedulable: boolean): Promise<Node | undefined> {
    const { client, signal } = this.#means
    const before = await this.#find()
    if (before === undefined) return undefined
    if ((before.spec?.unschedulable ?? false) !== unschedulable) {
      await client.patch(nodes, { name: this.node }, { type: 'strategic', body: { spec: { unschedulable } } }, { signal })
    }
    return before
  }

  async #drain(): Promise<void> {
    const { client, clock, signal, policy, say } = this.#means
    await this.#persist('Draining', async () => {
      const lines: string[] = []
      const command = { kind: 'Drain', node: this.node, policy } as const
      const tell = (line: string) => {
        lines.push(line)
        if (/will retry|^error/.test(line)) this.problem = line
        say(`${this.node}: ${line}`)
      }
      const code = await new DrainRun(command, { client, clock, signal, say: tell }).run()
      if (code === 0 || signal.aborted) return
      throw new Error(lines.findLast((line) => /^error when|cannot delete/.test(line)) ?? lines.at(-1) ?? 'the drain failed')
    })
  }

  async #change(before: Node): Promise<void> {
    const { fleet, version, reached, clock, signal } = this.#means
    if (!fleet.nodeNames.includes(this.node)) return
    const machine = fleet.machineOf(this.node)
    if (version === undefined) fleet.rebootMachine(this.node)
    else {
      if (machine.distribution === 'kubeadm' && machine.role === 'Server') fleet.apply(this.node, { kind: 'ReplaceControlPlane', version })
      fleet.apply(this.node, { kind: 'ReplaceKubernetes', version })
    }
    reached('Changed', this.node)
    await this.#persist('Verifying', async () => {
      while (!signal.aborted) {
        const node = await this.#find()
        if (node === undefined || isThrough(node, before, version)) return
        await clock.sleep(pollMs, signal)
      }
    })
  }

  async #find(): Promise<Node | undefined> {
    const { client, signal } = this.#means
    return await client.find<Node & { metadata: { name: string } }>(nodes, { name: this.node }, { signal })
  }

  /** Tries until it works. */
  async #persist<T>(state: NodeUpgradeState, act: () => Promise<T>): Promise<T | undefined> {
    const { clock, signal, say } = this.#means
    this.state = state
    while (!signal.aborted) {
      try {
        return await act()
      } catch (error) {
        if (signal.aborted || isNotFound(error)) return undefined
        const { message } = error as Error
        if (message !== this.problem) say(`${this.node}: ${message}`)
        this.problem = message
        await clock.sleep(retryMs, signal)
      }
    }
    return undefined
  }
}

/** Ready with the version wanted, or after another boot. */
function isThrough({ status }: Node, before: Node, version: string | undefined): boolean {
  const ready = status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true
  const { kubeletVersion, bootID } = status?.nodeInfo ?? {}
  return ready && (version === undefined ? bootID !== before.status?.nodeInfo?.bootID : kubeletVersion === version)
}
