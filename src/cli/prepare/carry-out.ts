import type { ApiClient } from '../../cluster/api-client.ts'
import { nodes } from '../../cluster/resource.ts'
import type { ReleaseFolders } from '../../controller/upgrade/order-files.ts'
import { runOrder } from '../../controller/upgrade/run-order.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import { aheadRecipe } from '../../core/prepare/ahead-recipe.ts'
import type { HostPreparation } from '../../core/prepare/plan-preparation.ts'
import { maskOutput } from '../../core/recipe/mask-output.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import { type LookedHost, preparationOf } from './look-at-hosts.ts'
import { type PrepareView, prepareView } from './prepare-views.ts'

export interface CarryOutOptions {
  readonly hosts: readonly LookedHost[]
  readonly version: string
  readonly most: number
  readonly json: boolean
  /** Files of this machine. */
  readonly folders: ReleaseFolders
  /** The images in archives that are sent, by the names of these. */
  readonly archives: ReadonlyMap<string, string>
}

type SeenHost = Extract<LookedHost, { kind: 'Seen' }>

interface Work extends Pick<CarryOutOptions, 'folders' | 'archives'> {
  readonly client: ApiClient
  readonly view: PrepareView
  readonly ports: CommandPorts
}

/**
 * Has each host fetch what it lacks, hop after hop, several hosts beside each other; one that fails does not hold the others. What is begun on a host goes on
 * there when this ends, and whoever comes next finds it at work or done.
 */
export async function carryOut(client: ApiClient, options: CarryOutOptions, ports: CommandPorts): Promise<ExitCode> {
  const { hosts, version, most, json, folders, archives } = options
  for (const { node, message } of risks(hosts)) ports.warn(`${node}: ${message}`)
  const names = hosts.map(({ node, orders }) => ({ node: node.name, versions: orders.map((order) => order.version) }))
  const view = prepareView({ version, hosts: names, json }, ports)
  const work = { client, view, ports, folders, archives }
  const ends = await mapBounded(hosts, most, (host) => prepareHost(host, work))
  const exitCode = exitCodeOf(ends, ports)
  view.end(exitCode)
  if (exitCode === exitCodes.Interrupted) ports.warn('what was begun on hosts goes on there; the same command goes on from it')
  return exitCode
}

type HostEnd = 'Done' | 'Failed' | 'Left'

function exitCodeOf(ends: readonly HostEnd[], { signal }: CommandPorts): ExitCode {
  if (signal.aborted) return exitCodes.Interrupted
  return ends.every((end) => end === 'Done') ? exitCodes.Done : exitCodes.Failed
}

function risks(hosts: readonly LookedHost[]): readonly { readonly node: string; readonly message: string }[] {
  return hosts.flatMap((host) =>
    host.kind === 'Seen' && host.preparation.risk !== undefined ? [{ node: host.node.name, message: host.preparation.risk }] : [],
  )
}

async function prepareHost(host: LookedHost, work: Work): Promise<HostEnd> {
  const { view, ports } = work
  const fail = (message: string, lines: readonly string[] = []): HostEnd => {
    view.ended(host.node.name, { kind: 'Failed', message, lines })
    return 'Failed'
  }
  const done = (preparation: HostPreparation, before: { readonly already?: true } = {}): HostEnd => {
    view.ended(host.node.name, { kind: 'Done', preparation, ...before })
    return 'Done'
  }
  if (ports.signal.aborted) return 'Left'
  if (host.kind === 'Failed') return fail(`${host.message}; nothing was touched`)
  if (host.preparation.problem !== undefined) return fail(untouched(host.preparation.problem))
  const { hops } = host.preparation
  const toCome = host.orders.filter(({ version }) => hops.find((hop) => hop.version === version)?.there !== true)
  if (toCome.length === 0) return done(host.preparation, { already: true })
  for (const order of toCome) {
    view.hop(host.node.name, order.version)
    const end = await fetchHop(host, order, work)
    if (end === 'Left' || ports.signal.aborted) return 'Left'
    if (end.kind === 'Failed') return fail(`${order.version}: ${end.message}`, end.lines)
  }
  const now = await preparationOf(host)
  const gone = typeof now === 'string' ? now : goneAgain(now)
  return typeof now === 'string' || gone !== undefined ? fail(gone ?? '') : done(now)
}

function untouched(problem: string): string {
  return problem.endsWith('nothing was touched') ? problem : `${problem}; nothing was touched`
}

/** One connection for all hops; it ends with the command. */
async function fetchHop({ node, host }: SeenHost, order: SeenHost['orders'][number], { client, view, ports, folders, archives }: Work) {
  return await runOrder(
    { order, attempt: attemptAt(ports.now()) },
    {
      clock: client.clock,
      signal: ports.signal,
      machine: async () => nodeMachine(await client.get(nodes, { name: node.name })),
      open: () => ({ name: host.name, run: (...script) => host.run(...script), close: async () => {} }),
      recipeOf: (of, facts) => aheadRecipe(of, facts, archives),
      folders,
      say: (line) => view.says(node.name, maskOutput(line).replaceAll('\n', ' ')),
    },
  )
}

/** What has failed before is tried anew: each run is an attempt of its own, later than all before. A host counts them in nine digits. */
function attemptAt(nowMs: number): number {
  return Math.floor(nowMs / 1_000) - 1_700_000_000
}

/** What is there at the end is what the host says then: a disk that is too full has its kubelet take images away at once. */
function goneAgain({ hops }: HostPreparation): string | undefined {
  const file = hops.flatMap(({ files }) => files.filter(({ there }) => !there))[0]
  if (file !== undefined) return `${file.file} was brought and is gone again: look who clears files beside the program`
  const gone = hops.flatMap(({ images, exactImages }) => (exactImages ? images.filter(({ there }) => !there) : []))
  const [first] = gone
  if (first === undefined) return undefined
  return `${first.name} was brought and is gone again (${gone.length} images in all): look how full the disk is, a kubelet takes images away that nobody runs`
}
