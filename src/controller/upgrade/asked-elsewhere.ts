import { nodes } from '../../cluster/resource.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import type { Shell } from '../shell.ts'

/** While a node of the control plane is worked on, the API is asked at another one: neither questions nor watches break off when its API server ends. */
export class AskedElsewhere {
  readonly #shell: Pick<Shell, 'client' | 'servers' | 'log'>
  /** Names of nodes by ClusterUpgrade, those alone that have any. */
  readonly #atWork = new Map<string, readonly string[]>()
  #kept = ''

  constructor(shell: Pick<Shell, 'client' | 'servers' | 'log'>) {
    this.#shell = shell
  }

  /**
   * Told which nodes a ClusterUpgrade works on; undefined: it stays as it was. Asks for something only when that changes: runs that have ended are woken as often as
   * others. Never throws: who cannot ask elsewhere now does so when he gets no answer.
   */
  async than(run: string, names: readonly string[] | undefined): Promise<void> {
    const { client, servers, log } = this.#shell
    if (servers === undefined || names === undefined) return
    if (names.length === 0) this.#atWork.delete(run)
    else this.#atWork.set(run, names)
    const all = [...this.#atWork.values()].flat()
    if (all.join() === this.#kept) return
    this.#kept = all.join()
    try {
      const found = await Promise.all(all.map((name) => client.get(nodes, { name })))
      await servers.keepFrom(found.map((node) => nodeMachine(node).address).filter((address) => address !== ''))
    } catch (err) {
      log.warn({ err, nodes: all }, 'the API servers of the cluster are not known')
    }
  }
}
