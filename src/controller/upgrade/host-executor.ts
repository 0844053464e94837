import { nodes } from '../../cluster/resource.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import { hostRecipe } from '../../core/recipe/host-recipe.ts'
import type { HostWork } from '../../core/upgrade/hosts/host-work.ts'
import type { UpgradeAction } from '../../core/upgrade/upgrade-decision.ts'
import type { HostSource, Shell } from '../shell.ts'
import { proveApiPath } from './prove-api-path.ts'
import { type OrderPorts, runOrder } from './run-order.ts'
import { Slots } from './slots.ts'

type HostAction = Extract<UpgradeAction, { kind: 'RunHost' | 'LeaveHost' }>
type RunHost = Extract<UpgradeAction, { kind: 'RunHost' }>

/** Hosts that are worked on at a time: each is a connection, and a process here. */
const mostHosts = 50

interface Running {
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/**
 * Has orders carried out on hosts, each beside the others. What it knows of them is gone with it: whoever is asked the same again finds it at
 * work or done on the host.
 */
export class HostExecutor {
  readonly #work = new Map<string, HostWork>()
  readonly #shell: Shell
  readonly #source: HostSource
  readonly #onChange: () => void
  readonly #running = new Map<string, Running>()
  readonly #slots = new Slots(mostHosts)

  constructor(shell: Shell, source: HostSource, onChange: () => void) {
    this.#shell = shell
    this.#source = source
    this.#onChange = onChange
  }

  /** By node, as it is by now. */
  get work(): ReadonlyMap<string, HostWork> {
    return this.#work
  }

  carryOut(action: HostAction): void {
    const { node } = action
    const before = this.#running.get(node)
    if (action.kind === 'LeaveHost') {
      before?.stop.abort()
      return
    }
    const known = this.#work.get(node)
    if (known?.state.kind === 'AtWork' && isSame(known, action)) return
    before?.stop.abort()
    const stop = new AbortController()
    this.#running.set(node, { stop, ended: this.#run(action, stop.signal, before?.ended) })
  }

  /** Begins nothing any more, and ends the connections: what runs on hosts goes on there. */
  async stop(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort()
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  /** One order after another on each host. */
  async #run({ node, order, attempt }: RunHost, signal: AbortSignal, before: Promise<void> | undefined): Promise<void> {
    const { run, step, version, occasion, apiPath } = order
    const asked = {
      run,
      step,
      version,
      attempt,
      ...(occasion === undefined ? {} : { occasion }),
      ...(apiPath === undefined ? {} : { apiPath }),
    }
    const tell = (more: Pick<HostWork, 'state' | 'says'>) => this.#tell(node, { ...asked, ...more })
    tell({ state: { kind: 'AtWork' } })
    await before
    await this.#slots.use(async () => {
      if (signal.aborted) return this.#forget(node, signal)
      const state = await runOrder(
        { order, attempt },
        this.#portsOf(node, signal, (says) => tell({ state: { kind: 'AtWork' }, says })),
      )
      if (state === 'Left') return this.#forget(node, signal)
      this.#shell.log.info({ node, step, version, attempt, end: state.kind }, 'host ended')
      tell({ state })
    })
  }

  #portsOf(node: string, signal: AbortSignal, say: (line: string) => void): OrderPorts {
    const { client, clock, log } = this.#shell
    const heard = (line: string) => {
      log.info({ node, says: line }, 'host')
      if (!signal.aborted) say(line)
    }
    return {
      clock,
      signal,
      machine: async () => nodeMachine(await client.get(nodes, { name: node })),
      open: (place) => this.#source.of(place),
      recipeOf: this.#source.recipeOf ?? hostRecipe,
      folders: (layout) => this.#source.releases?.(layout),
      apiPathProblem: (order) => proveApiPath(node, order.apiPath === 'Accepted', { client, source: this.#source, signal, say: heard }),
      say: heard,
    }
  }

  #tell(node: string, work: HostWork): void {
    this.#work.set(node, work)
    this.#onChange()
  }

  /** Unless another order has taken its place. */
  #forget(node: string, signal: AbortSignal): void {
    if (this.#running.get(node)?.stop.signal !== signal) return
    this.#work.delete(node)
    this.#running.delete(node)
  }
}

function isSame({ run, step, version, attempt, occasion, apiPath }: HostWork, { order, attempt: asked }: RunHost): boolean {
  const isAsked = run === order.run && step === order.step && version === order.version && attempt === asked
  return isAsked && occasion === order.occasion && apiPath === order.apiPath
}
