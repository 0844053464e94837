import type { ApiClient } from '../../cluster/api-client.ts'
import { listAll } from '../../cluster/list-all.ts'
import { nodes } from '../../cluster/resource.ts'
import { wayRisks } from '../../core/api-path/way-risks.ts'
import { compareText } from '../../core/compare-text.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import { mergeInventory } from '../../core/inventory/merge-inventory.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import { sshConnections } from '../../node/ssh/ssh-connections.ts'
import { type SshHost, sshHost } from '../../node/ssh/ssh-host.ts'
import { type CheckedHost, checkInventory } from '../inventory/check-inventory.ts'
import { inventoryError, readInventory } from '../inventory/read-inventory.ts'
import type { CommandPorts } from './terminal.ts'
import { unprovenApi } from './unproven-api.ts'

/** Hosts that are asked at a time. */
const most = 20

/**
 * Looks at every host of the cluster before anything is begun, as `falkirk inventory check` does, and changes nothing. What it does not find well it says,
 * one sentence a line. Gives what the hosts have told, by the names of their nodes, in order. Throws FK_INVENTORY when a host cannot be worked on.
 */
export async function checkHosts(
  { transport }: Pick<ApiClient, 'transport'>,
  { file, disk }: { readonly file: string | undefined; readonly disk?: string },
  { now, signal, warn }: Pick<CommandPorts, 'now' | 'signal' | 'warn'>,
): Promise<ReadonlyMap<string, HostFacts>> {
  const [inventory, { items: machines }] = [await readInventory(file), await listAll(transport, nodes, { trim: nodeMachine })]
  const { entries, problems } = mergeInventory(inventory, machines)
  if (problems.length > 0) throw inventoryError(file, problems)
  const { sshConfig } = inventory
  const connections = sshConnections(sshConfig === undefined ? {} : { sshConfig })
  const reach = new Map(entries.map((entry) => [entry.name, sshHost(entry, connections)] as const))
  const told = new Map<string, HostFacts>()
  const end = () => void connections.close()
  signal.addEventListener('abort', end)
  try {
    const hosts = await checkInventory(entries, {
      hostOf: (entry) => (entries.length <= most ? staysOpen(reach.get(entry.name)) : undefined) ?? sshHost(entry, connections),
      nodes: new Map(machines.map((machine) => [machine.name, machine])),
      most,
      now,
      ...(disk === undefined ? {} : { disk }),
      onFacts: (facts, name) => told.set(name, facts),
      onAsked: () => {},
    })
    if (signal.aborted) return new Map()
    for (const risk of sentences(hosts, (severity) => severity !== 'Blocks')) warn(risk)
    const blocked = sentences(hosts, (severity) => severity === 'Blocks')
    if (blocked.length > 0)
      throw inventoryError(
        file,
        blocked.map((text) => `${text}; nothing was touched`),
      )
    const inOrder = new Map([...told].toSorted(([a], [b]) => compareText(a, b)))
    for (const risk of [...wayRisks(inOrder), ...(await unprovenApi(inOrder, (name) => reach.get(name)))]) warn(risk)
    return signal.aborted ? new Map() : inOrder
  } finally {
    signal.removeEventListener('abort', end)
    await connections.close()
  }
}

/** A few are asked about the API over the same connection; of many hosts each is let go when it has been asked. */
function staysOpen(host: SshHost | undefined): SshHost | undefined {
  return host === undefined ? undefined : { ...host, close: async () => {} }
}

/** The name of the host is in front, unless the sentence begins with it. */
function sentences(hosts: readonly CheckedHost[], counts: (severity: string) => boolean): readonly string[] {
  return hosts.flatMap(({ entry, findings }) =>
    findings
      .filter(({ severity }) => counts(severity))
      .map(({ message, fix }) => `${named(message, entry.name)}${fix === '' ? '' : `: ${fix}`}`),
  )
}

function named(message: string, name: string): string {
  return message.startsWith(`node ${name} `) ? message : `${name}: ${message}`
}
