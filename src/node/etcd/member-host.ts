import type { EtcdMember } from '../../core/etcd/cluster.ts'
import type { Host } from '../host.ts'
import type { EtcdAccess } from './look-at-cluster.ts'

/** The host that a member was seen on. */
export function hostOf({ hosts }: EtcdAccess, { host }: Pick<EtcdMember, 'host'>): Host {
  const found = hosts.find(({ name }) => name === host)
  if (found === undefined) throw new RangeError(`the inventory has lost ${host}`)
  return found
}
