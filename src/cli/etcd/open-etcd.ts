import { FalkirkError } from '../../core/falkirk-error.ts'
import { mergeInventory } from '../../core/inventory/merge-inventory.ts'
import type { EtcdAccess } from '../../node/etcd/look-at-cluster.ts'
import { passwordFiles } from '../../node/ssh/password-file.ts'
import { sshConnections } from '../../node/ssh/ssh-connections.ts'
import { sshHost } from '../../node/ssh/ssh-host.ts'
import { inventoryError, readInventory } from '../inventory/read-inventory.ts'

/** A database of eight GiB is on its way so long on a slow network. */
const limitSeconds = 3_700

/** Works with the hosts of etcd that an inventory names; ends the connections, also at Ctrl-C. Throws FK_INVENTORY, FK_HOST. */
export async function withEtcd<T>(file: string | undefined, signal: AbortSignal, work: (access: EtcdAccess) => Promise<T>): Promise<T> {
  if (file === undefined)
    throw new FalkirkError('FK_BAD_SETTING', '--inventory is missing: etcd is reached by its hosts, which stand there below etcd.hosts')
  const inventory = await readInventory(file)
  const { etcd, sshConfig, defaults } = inventory
  if (etcd === undefined || Object.keys(etcd.hosts).length === 0)
    throw inventoryError(file, ['there are no hosts of etcd: write them below etcd.hosts'])
  // a host of which nothing is said is one of ssh_config
  const named = Object.entries(etcd.hosts).map(([name, host]) => [name, { address: name, ...host }] as const)
  const { entries, problems } = mergeInventory({ defaults, hosts: Object.fromEntries(named) }, undefined)
  if (problems.length > 0) throw inventoryError(file, problems)
  const { user, passwordFile, ...client } = etcd.client
  const login = user === undefined || passwordFile === undefined ? {} : { login: { user, password: await passwordFiles()(passwordFile) } }
  const connections = sshConnections({ times: { limitSeconds }, ...(sshConfig === undefined ? {} : { sshConfig }) })
  const end = () => void connections.close()
  signal.addEventListener('abort', end)
  try {
    return await work({ hosts: entries.map((entry) => sshHost(entry, connections)), client, ...login })
  } finally {
    signal.removeEventListener('abort', end)
    await connections.close()
  }
}
