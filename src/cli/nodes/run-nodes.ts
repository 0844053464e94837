import type { ApiClient } from '../../cluster/api-client.ts'
import { nodes as nodeResource } from '../../cluster/resource.ts'
import { judgeNode } from '../../core/host/judge-node.ts'
import { type NodeOverview, nodeOverview } from '../../core/host/node-overview.ts'
import type { Host } from '../../node/host.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import { type ApiView, lookAtApi } from './look-at-api.ts'
import { lookAtHost } from './look-at-host.ts'
import type { NodeReport } from './node-report.ts'
import { nodesData } from './nodes-data.ts'
import { chosenNodes, type NodesSettings } from './nodes-flags.ts'
import { type NodesView, nodesTable, wideNodesTable } from './nodes-table.ts'
import { progressLine } from './progress-line.ts'

/** Hosts of the nodes that were asked for. */
export interface OpenHosts {
  of(name: string): Host
  /** Ends all connections. */
  close(): Promise<void>
}

export interface NodesPorts extends Pick<CommandPorts, 'write' | 'size' | 'now' | 'signal'> {
  readonly openHosts: (nodes: readonly NodeOverview[], names: readonly string[]) => Promise<OpenHosts>
}

/** Hosts that are looked at at a time: each is a process here and a second of one's time there. */
const atATime = 20

/**
 * Prints the nodes of a cluster beside what was found on their hosts. The exit code: 0, or 1 when a host could not be looked at or, with a target,
 * something blocks the way there. Throws FK_BAD_SETTING, and what the API says.
 */
export async function runNodes(client: Pick<ApiClient, 'list'>, settings: NodesSettings, ports: NodesPorts): Promise<ExitCode> {
  const all = (await listOverviews(client)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const chosen = chosenNodes(all, settings.names)
  const names = chosen.map(({ name }) => name)
  const { reports, api } =
    settings.ssh === undefined
      ? { reports: unseen(chosen, settings), api: undefined }
      : await look({ all, chosen }, settings, { ...ports, hosts: await ports.openHosts(all, names) })
  if (settings.ssh !== undefined && ports.signal.aborted) return exitCodes.Interrupted
  ports.write(`${viewText(settings, { reports, looked: settings.ssh !== undefined, ...(api && { api }), ...targetOf(settings) }, ports)}\n`)
  const isBlocked = settings.target !== undefined && reports.some(({ findings }) => findings.some(({ severity }) => severity === 'Blocks'))
  return isBlocked || reports.some(({ host }) => host.kind === 'Failed') ? exitCodes.Failed : exitCodes.Done
}

async function listOverviews(client: Pick<ApiClient, 'list'>): Promise<readonly NodeOverview[]> {
  const found: NodeOverview[] = []
  await client.list(nodeResource, {
    trim: (raw) => {
      found.push(nodeOverview(raw))
      return raw as never
    },
  })
  return found
}

function unseen(nodes: readonly NodeOverview[], { target }: NodesSettings): readonly NodeReport[] {
  return nodes.map((node) => ({ node, host: { kind: 'Unseen' }, findings: target === undefined ? [] : judgeNode(node, target) }))
}

type LookPorts = NodesPorts & { readonly hosts: OpenHosts }

interface Looked {
  readonly reports: readonly NodeReport[]
  readonly api: ApiView
}

async function look(
  { all, chosen: nodes }: { readonly all: readonly NodeOverview[]; readonly chosen: readonly NodeOverview[] },
  { target }: NodesSettings,
  ports: LookPorts,
): Promise<Looked> {
  const { hosts } = ports
  const progress = progressLine(ports.write, () => ports.size()?.columns)
  const waiting = new Set(nodes.map(({ name }) => name))
  const told = () => progress.show(nodes.length - waiting.size, [...waiting])
  // what runs on hosts ends there, and with it the wait for it
  const end = () => void hosts.close()
  ports.signal.addEventListener('abort', end)
  try {
    told()
    const reports = await mapBounded(nodes, atATime, async (node) => {
      const report = await lookAtHost(node, hosts.of(node.name), { now: ports.now, ...(target === undefined ? {} : { target }) })
      waiting.delete(node.name)
      told()
      return report
    })
    return await lookAtApi(all, reports, (name) => hosts.of(name))
  } finally {
    progress.end()
    ports.signal.removeEventListener('abort', end)
    await hosts.close()
  }
}

function targetOf({ target }: NodesSettings): Pick<NodesView, 'target'> {
  return target === undefined ? {} : { target: target.text }
}

function viewText({ output }: NodesSettings, view: NodesView, { size }: NodesPorts): string {
  if (output === 'table') return nodesTable(view, size()?.columns ?? 80)
  return output === 'wide' ? wideNodesTable(view) : nodesData(view, output)
}
