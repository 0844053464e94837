import { nodes } from '../../cluster/resource.ts'
import { addressHolders } from '../../core/api-path/address-holders.ts'
import { hostFactsScript } from '../../core/host/facts-script.ts'
import { type HostFacts, parseHostFacts } from '../../core/host/host-facts.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import type { UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'
import type { HostSource, Shell } from '../shell.ts'

/** A host that says nothing for so long is not waited for: whoever it is, the order is no worse than it would be unasked. */
const patienceMs = 20_000

/** Asks control planes whether they have an address of the API now. It holds nobody up: what is not heard is not known. */
export class AddressHolders {
  /** As the hosts last said. */
  facts: UpgradeFacts['addressHolders']
  readonly #shell: Pick<Shell, 'client' | 'clock' | 'log'>
  readonly #source: Pick<HostSource, 'of'>
  readonly #onChange: () => void
  readonly #end = new AbortController()
  #asking: Promise<void> | undefined

  constructor(shell: Pick<Shell, 'client' | 'clock' | 'log'>, source: Pick<HostSource, 'of'>, onChange: () => void) {
    this.#shell = shell
    this.#source = source
    this.#onChange = onChange
  }

  /** Whoever is being asked already is not asked twice. */
  ask(names: readonly string[]): void {
    this.#asking ??= this.#ask(names).finally(() => {
      this.#asking = undefined
      if (!this.#end.signal.aborted) this.#onChange()
    })
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#asking
  }

  async #ask(names: readonly string[]): Promise<void> {
    const { clock, log } = this.#shell
    const late = new AbortController()
    const signal = AbortSignal.any([this.#end.signal, late.signal])
    const heard = Promise.all(names.map((name) => this.#factsOf(name, signal)))
    const done = heard.then(() => late.abort())
    await Promise.race([done, clock.sleep(patienceMs, signal)])
    late.abort()
    const told = new Map((await heard).flatMap((facts, index) => (facts === undefined ? [] : [[names[index] ?? '', facts] as const])))
    this.facts = { atMs: clock.now(), nodes: addressHolders(told) }
    log.info({ asked: names, heard: told.size, holders: this.facts.nodes }, 'who has an address of the API')
  }

  /** Undefined: it said nothing that can be read. */
  async #factsOf(name: string, signal: AbortSignal): Promise<HostFacts | undefined> {
    const { client, log } = this.#shell
    try {
      const host = this.#source.of(nodeMachine(await client.get(nodes, { name })))
      const close = () => void host.close()
      signal.addEventListener('abort', close)
      try {
        const read = parseHostFacts((await host.run(hostFactsScript(), 'facts')).stdout)
        return read.kind === 'Facts' ? read.facts : undefined
      } finally {
        signal.removeEventListener('abort', close)
        await host.close()
      }
    } catch (err) {
      log.warn({ node: name, err }, 'whether this host has an address of the API is not known')
      return undefined
    }
  }
}
