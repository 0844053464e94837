import type { ApiClient } from '../../cluster/api-client.ts'
import { listAll } from '../../cluster/list-all.ts'
import { nodes } from '../../cluster/resource.ts'
import { addressHolders } from '../../core/api-path/address-holders.ts'
import { hostFactsScript, namedDisk } from '../../core/host/facts-script.ts'
import { type HostFacts, parseHostFacts } from '../../core/host/host-facts.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import { transcript } from '../../core/recipe/transcript.ts'
import { foreseeHosts } from '../../core/upgrade/foresee/foresee-hosts.ts'
import { foreseeUpgrade } from '../../core/upgrade/foresee/foresee-upgrade.ts'
import type { Host } from '../../node/host.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { readInventory } from '../inventory/read-inventory.ts'
import { openHosts } from '../nodes/open-hosts.ts'
import { type PlanOptions, runPlan } from '../run-plan.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { pinnedWish } from './pinned-wish.ts'
import { readClusterFacts } from './read-facts.ts'
import type { CommandPorts } from './terminal.ts'

/** Hosts that are asked at a time. */
const most = 20

/**
 * Prints what an upgrade would do, node by node, and over SSH every command on each host, in order, as an operator would type it. Hosts are asked for their
 * facts; nothing is changed anywhere. Throws FK_INVENTORY, and as `runPlan`.
 */
export async function dryRun(
  client: ApiClient,
  { inventory, ...options }: Omit<PlanOptions, 'output'> & { readonly inventory?: string },
  ports: CommandPorts,
): Promise<ExitCode> {
  const { wish, ...known } = options
  if (wish.upgrade.spec.node?.via !== 'SSH') return await runPlan(client, { ...options, output: 'text' }, ports)
  const { facts: read } = await readClusterFacts(client, wish.upgrade, known)
  const names = [...new Set(foreseeUpgrade(read, client.clock.now()).nodes.map(({ node }) => node))]
  const found = await lookAt(client, names, { inventory, script: hostFactsScript(namedDisk(wish.upgrade.spec.node.runtime)) }, ports)
  const holders = addressHolders(found)
  const code = await runPlan(client, { ...options, output: 'text', holders }, ports)
  if (code !== exitCodes.Done) return code
  const facts = { ...read, addressHolders: { atMs: client.clock.now(), nodes: holders } }
  const turns = foreseeUpgrade(facts, client.clock.now()).nodes
  const { binaries } = await readInventory(inventory)
  const { upgrade } = await pinnedWish(client, { ...options, binaries, hosts: [...found.values()] })
  ports.write(`\n${transcript(foreseeHosts(turns, { ...facts, upgrade }, found))}`)
  return names.every((name) => found.has(name)) ? code : exitCodes.Failed
}

/** A host that does not answer is said, and left out. */
async function lookAt(
  { transport }: ApiClient,
  names: readonly string[],
  { inventory, script }: { readonly inventory: string | undefined; readonly script: string },
  { warn, signal }: CommandPorts,
): Promise<ReadonlyMap<string, HostFacts>> {
  const { items: machines } = await listAll(transport, nodes, { trim: nodeMachine })
  const hosts = await openHosts(inventory, machines, names)
  const end = () => void hosts.close()
  signal.addEventListener('abort', end)
  try {
    const answers = await mapBounded(names, most, async (name) => [name, await factsOf(hosts.of(name), script)] as const)
    for (const [name, answer] of answers) if (typeof answer === 'string') warn(`${name}: ${answer}`)
    return new Map(answers.flatMap(([name, answer]) => (typeof answer === 'string' ? [] : [[name, answer]])))
  } finally {
    signal.removeEventListener('abort', end)
    await hosts.close()
  }
}

async function factsOf(host: Host, script: string): Promise<HostFacts | string> {
  try {
    const { stdout } = await host.run(script, 'facts')
    const read = parseHostFacts(stdout)
    return read.kind === 'Facts' ? read.facts : read.message
  } catch (error) {
    if (error instanceof HostFault) return error.message
    throw error
  }
}
