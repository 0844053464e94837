import type { ApiClient } from '../../cluster/api-client.ts'
import { ensureCrd } from '../../cluster/custom-resource-definition.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { namedDisk } from '../../core/host/facts-script.ts'
import { upgradeCrd } from '../../core/upgrade/api/upgrade-crd.ts'
import { openInventory } from '../inventory/open-inventory.ts'
import { readInventory } from '../inventory/read-inventory.ts'
import { runUpgrade, type UpgradeOptions } from '../run-upgrade.ts'
import { checkHosts } from './check-hosts.ts'
import type { ClusterFlags } from './cluster.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { ensureJobNamespace } from './job-namespace.ts'
import { controllerName, startLocalController } from './local-controller.ts'
import { pinnedWish } from './pinned-wish.ts'
import { refuseUnfit } from './refuse-unfit.ts'
import type { CommandPorts } from './terminal.ts'

export interface OverSshOptions extends UpgradeOptions {
  readonly flags: ClusterFlags & { readonly inventory?: string }
}

/**
 * Creates a run whose hosts are reached over SSH, works on it from this process, and follows it. Every host is looked at before anything is created. Throws
 * FK_INVENTORY, FK_CRD_OUTDATED, and as `runUpgrade`.
 */
export async function upgradeOverSsh(client: ApiClient, { flags, ...options }: OverSshOptions, ports: CommandPorts): Promise<ExitCode> {
  const told = await checkHosts(client, { ...namedDisk(options.wish.upgrade.spec.node?.runtime), file: flags.inventory }, ports)
  if (ports.signal.aborted) return exitCodes.Interrupted
  const { binaries } = await readInventory(flags.inventory)
  const wish = await pinnedWish(client, { ...options, binaries, hosts: [...told.values()] })
  for (const risk of await refuseUnfit(client, { ...options, wish, told })) ports.warn(risk)
  const hosts = await openInventory(flags.inventory)
  const { name } = wish.object.metadata
  const { kubeconfig, context, inventory } = flags
  const goOn = `falkirk run --inventory ${inventory ?? 'FILE'}`
  const startWork = () =>
    startLocalController({
      hosts,
      namespace: options.namespace,
      releases: options.releases,
      onWaiting: (another) => ports.warn(waits(another, options.namespace)),
      onLost: (message) =>
        ports.warn(`${message}; what was begun on hosts goes on there, and this command goes on when it has the Lease again`),
      onEnd: (error) =>
        ports.warn(`the work from here has ended (${error instanceof Error ? error.message : String(error)}): ${goOn} goes on`),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    })
  const interrupted = `what was begun on hosts goes on there, and nothing further begins: ${goOn} goes on with ${name}, falkirk status ${name} shows it`
  try {
    await ensureApi(client, ports)
    if (await ensureJobNamespace(client, options.namespace)) ports.warn(`namespace ${options.namespace} created`)
    return await runUpgrade(client, { ...options, wish, startWork, interrupted }, ports)
  } finally {
    await hosts.close()
  }
}

/** The controller would register it too, but the run is created before it starts. Where it is there, whoever may not change it goes on with it. */
async function ensureApi(client: ApiClient, { warn }: CommandPorts): Promise<void> {
  const outcome = await ensureCrd(client, client.capabilities, upgradeCrd())
  if (outcome === 'Created') warn('the API of ClusterUpgrades is registered')
  if (typeof outcome === 'string' || outcome.kind === 'Forbidden') return
  throw new FalkirkError('FK_CRD_OUTDATED', outcome.message)
}

/** Only one controller works at a time, and the other one has no inventory. */
function waits(another: string, namespace: string): string {
  const end = `kubectl --namespace ${namespace} scale deployment ${controllerName} --replicas=0`
  return `controller ${another} has the Lease, and this one works when it has ended: end it (in the cluster: ${end})`
}
