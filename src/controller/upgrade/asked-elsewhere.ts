import { nodes } from '../../cluster/resource.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import type { Shell } from '../shell.ts'

/** While a node of the control plane is worked on, the API is asked at another one: neither questions nor watches break off when its API server ends. */
export class AskedElsewhere {
  readonly #shell: Pick<Shell, 'client' | 'servers' | 'log'>
  #atWork: readonly string[] = []

  constructor(shell: Pick<Shell, 'client' | 'servers' | 'log'>) {
    this.#shell = shell
  }

  /** Names of nodes; undefined: it stays as it was. Never throws: who cannot ask elsewhere now does so when he gets no answer. */
  async than(names: readonly string[] = this.#atWork): Promise<void> {
    const { client, servers, log } = this.#shell
    if (servers === undefined || names.join() === this.#atWork.join()) return
    this.#atWork = names
    try {
      const found = await Promise.all(names.map((name) => client.get(nodes, { name })))
      await servers.keepFrom(found.map((node) => nodeMachine(node).address).filter((address) => address !== ''))
    } catch (err) {
      log.warn({ err, nodes: names }, 'the API servers of the cluster are not known')
    }
  }
}
