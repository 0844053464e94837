import type { ApiClient } from '../../cluster/api-client.ts'
import type { ReleaseFolders } from '../../controller/upgrade/order-files.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { type FolderPlan, folderProblem } from '../../core/prepare/folder-plan.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import { carryOut } from './carry-out.ts'
import { type HostOfWay, type LookedHost, lookAtHosts, planHosts } from './look-at-hosts.ts'
import { type PinReleasesOptions, pinReleases, type ReleasePins } from './pin-releases.ts'
import type { PrepareFolder } from './prepare-folder.ts'
import { listText } from './prepare-list.ts'
import type { PrepareOptions } from './run-prepare.ts'

/** What is wanted, and where files come from that hosts do not fetch themselves. */
export interface OnHostsOptions extends PrepareOptions, PinReleasesOptions {
  readonly folder: PrepareFolder | undefined
  readonly folders: ReleaseFolders
}

interface Looked {
  readonly hosts: readonly LookedHost[]
  readonly pins: ReleasePins
  readonly plan: FolderPlan | undefined
}

/** Looks at the hosts, and lists what they need or brings it. Throws FK_UPGRADE_REFUSED where a folder lacks something or a digest is not known: nothing was copied. */
export async function onHosts(
  client: ApiClient,
  ofWay: readonly HostOfWay[],
  options: OnHostsOptions,
  ports: CommandPorts,
): Promise<ExitCode> {
  const answered = await lookAtHosts(ofWay, ports)
  const pins = await pinReleases(answered, options)
  const hosts = await planHosts(answered, pins)
  if (ports.signal.aborted) return exitCodes.Interrupted
  const plan = await options.folder?.plan(hosts.flatMap((host) => (host.kind === 'Seen' ? [host.preparation] : [])))
  const looked = { hosts, pins, plan }
  return options.list ? listed(looked, options, ports) : await brought(client, looked, options, ports)
}

function listed({ hosts, pins, plan }: Looked, { upgrade, folder, format }: OnHostsOptions, ports: CommandPorts): ExitCode {
  // what a folder lacks of the releases stands among its files
  const problems = pins.problem === undefined || plan !== undefined ? [] : [pins.problem]
  const needs = plan === undefined || folder === undefined ? {} : { folder: { path: folder.path, needs: plan.needs } }
  const list = { hosts, version: upgrade.spec.version, problems, ...needs }
  ports.write(`${listText(list, format, ports.size()?.columns ?? 80)}\n`)
  return hosts.every(({ kind }) => kind === 'Seen') ? exitCodes.Done : exitCodes.Failed
}

async function brought(client: ApiClient, { hosts, pins, plan }: Looked, options: OnHostsOptions, ports: CommandPorts): Promise<ExitCode> {
  const { upgrade, folder, folders, most, format } = options
  const problem = (plan === undefined ? undefined : folderProblem(folder?.path ?? '', plan.needs)) ?? pins.problem
  if (problem !== undefined) throw new FalkirkError('FK_UPGRADE_REFUSED', problem)
  const filled = plan === undefined || folder === undefined ? hosts : await filledOrders(hosts, folder, plan)
  const sent = [...(plan?.sent.values() ?? [])].flat()
  const archives = new Map(sent.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image] as const])))
  const { version } = upgrade.spec
  return await carryOut(client, { hosts: filled, version, most, json: format === 'json', folders, archives }, ports)
}

/** Digests are read one file after another: the disk of this machine is what they wait for. */
async function filledOrders(hosts: readonly LookedHost[], folder: PrepareFolder, plan: FolderPlan): Promise<readonly LookedHost[]> {
  const filled: LookedHost[] = []
  for (const host of hosts) {
    const orders: HostOrder[] = []
    for (const order of host.orders) orders.push(await folder.filled(order, plan))
    filled.push({ ...host, orders })
  }
  return filled
}
