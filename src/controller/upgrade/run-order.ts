import type { Clock } from '../../cluster/clock.ts'
import { askAgainMs, awaitProof } from '../../core/api-path/await-proof.ts'
import { asksForProof } from '../../core/api-path/judge-api-path.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { hostFactsScript, namedDisk } from '../../core/host/facts-script.ts'
import { type HostFacts, parseHostFacts } from '../../core/host/host-facts.ts'
import { checkHost, type NodeMachine } from '../../core/inventory/check-host.ts'
import type { NodeAddress } from '../../core/inventory/merge-inventory.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import type { hostRecipe } from '../../core/recipe/host-recipe.ts'
import { maskOutput } from '../../core/recipe/mask-output.ts'
import type { HostState } from '../../core/upgrade/hosts/host-work.ts'
import { endOfPatience, mayReboot } from '../../core/upgrade/hosts/lost-host.ts'
import type { Host } from '../../node/host.ts'
import { runRecipe } from '../../node/run-recipe.ts'
import { filledRecipe, type ReleaseFolders } from './order-files.ts'

/** What an order is carried out through. */
export interface OrderPorts {
  readonly clock: Clock
  /** Nothing is begun any more. */
  readonly signal: AbortSignal
  /** Which machine the node is, and where: as the cluster says now. */
  machine(): Promise<NodeMachine & NodeAddress>
  open(place: NodeAddress): Host & { close(): Promise<void> }
  readonly recipeOf: typeof hostRecipe
  /** Releases on this machine; absent: there are none. */
  readonly folders?: ReleaseFolders
  /** What has to be mended on the way to the API before the first control plane is touched, in one sentence; absent: nobody asks. */
  apiPathProblem?(order: HostOrder): Promise<string | undefined>
  /** Tells people what goes on. */
  say(line: string): void
}

interface OrderRun {
  readonly order: HostOrder
  readonly attempt: number
}

const firstPauseMs = 2_000
const longestPauseMs = 30_000
const mostLines = 20

/** Whoever was told to leave goes on with nothing. */
class Left extends Error {}

/**
 * Carries out an order on its host, or finds it carried out or at work. A host that cannot be reached is tried again until its time is over;
 * what was begun there goes on meanwhile, and is found. A way to the API that is not proven is asked again, too. `Left`: the signal has come before the end.
 */
export async function runOrder(run: OrderRun, ports: OrderPorts): Promise<HostState | 'Left'> {
  const { clock, signal, say } = ports
  let answeredMs = clock.now()
  let pauseMs = firstPauseMs
  const answered = () => {
    answeredMs = clock.now()
    pauseMs = firstPauseMs
  }
  let unprovenMs: number | undefined
  for (;;) {
    try {
      const end = await connected(run, { ...ports, answered })
      if (end.kind !== 'NotProven') return end
      unprovenMs ??= clock.now()
      const next = awaitProof(end.message, clock.now() - unprovenMs)
      if (next.kind === 'Stop') return { kind: 'Failed', message: end.message, lines: [], atMs: clock.now(), how: 'Refused' }
      say(next.says)
      await clock.sleep(askAgainMs, signal)
      answered()
    } catch (error) {
      if (signal.aborted) return 'Left'
      const message = sentence(error)
      const nowMs = clock.now()
      const end = endOfPatience(run.order, { message, mayPass: isPassing(error), silentMs: nowMs - answeredMs }, nowMs)
      if (end !== undefined) return end
      say(`${message}; it is tried again`)
      await clock.sleep(pauseMs, signal)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof FalkirkError && error.retry !== 'never'
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return maskOutput(text).replaceAll('\n', ' ')
}

/** What has to be mended on the way to the API first, in one sentence; nothing was begun. */
interface NotProven {
  readonly kind: 'NotProven'
  readonly message: string
}

async function connected(run: OrderRun, ports: OrderPorts & { answered(): void }): Promise<HostState | NotProven> {
  const machine = await ports.machine()
  const host = ports.open(machine)
  const close = () => void host.close()
  ports.signal.addEventListener('abort', close)
  try {
    return await onHost(run, heard(host, ports), machine, ports)
  } finally {
    ports.signal.removeEventListener('abort', close)
    await host.close()
  }
}

/** The host, but nothing runs there any more once the signal has come; each answer is noted. */
function heard(host: Host, { signal, answered }: { readonly signal: AbortSignal; answered(): void }): Host {
  return {
    name: host.name,
    async run(...script) {
      if (signal.aborted) throw new Left()
      const result = await host.run(...script)
      answered()
      return result
    },
  }
}

/** Which machine it is, and what is on it, is looked at each time: it may have changed while it was away. */
async function onHost({ order, attempt }: OrderRun, host: Host, machine: NodeMachine, ports: OrderPorts): Promise<HostState | NotProven> {
  const { clock, signal, say } = ports
  const beganMs = clock.now()
  const { stdout } = await host.run(hostFactsScript(namedDisk(order.runtime)), 'facts')
  const withinMs = (clock.now() - beganMs) / 2
  const refused = (message: string): HostState => ({ kind: 'Failed', message, lines: [], atMs: clock.now(), how: 'Refused' })
  const read = parseHostFacts(stdout)
  if (read.kind === 'Refused') return refused(read.message)
  const problem = wrongHost(read.facts, machine, { atMs: beganMs + withinMs, withinMs })
  if (problem !== undefined) return refused(problem)
  const cutOff = asksForProof(order) ? await ports.apiPathProblem?.(order) : undefined
  if (signal.aborted) throw new Left()
  if (cutOff !== undefined) return { kind: 'NotProven', message: cutOff }
  const found = await filledRecipe(order, read.facts, ports)
  if (found.kind === 'Refused') return refused(found.message)
  const sleep = async (ms: number) => {
    await clock.sleep(ms, signal)
    if (signal.aborted) throw new Left()
  }
  const end = await runRecipe({ recipe: found.recipe, attempt, files: found.files }, { host, say, sleep, now: () => clock.now() })
  if (end.kind === 'Complete') return mayReboot(order) ? { kind: 'Complete', bootId: await bootIdOf(host) } : end
  return { kind: 'Failed', message: end.message, lines: end.lines.slice(-mostLines), atMs: clock.now(), how: 'Ended' }
}

/** The kubelet has to report this boot, and no earlier one. */
async function bootIdOf(host: Host): Promise<string> {
  const { stdout } = await host.run(hostFactsScript(), 'facts')
  const read = parseHostFacts(stdout)
  if (read.kind === 'Facts' && read.facts.os.bootId !== undefined) return read.facts.os.bootId
  throw new FalkirkError('FK_HOST', `${host.name} does not tell which boot it runs from`, { retry: 'backoff' })
}

/** What has to be mended before anything is done there, in one sentence. */
function wrongHost(facts: HostFacts, machine: NodeMachine, at: { readonly atMs: number; readonly withinMs: number }): string | undefined {
  const findings = checkHost({ name: machine.name, facts, ...at }, machine).filter(({ severity }) => severity === 'Blocks')
  if (findings.length === 0) return undefined
  return `${findings.map(({ message, fix }) => `${message}: ${fix}`).join('; ')}; nothing is done there`
}
