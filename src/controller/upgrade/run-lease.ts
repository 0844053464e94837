import type { ApiClient } from '../../cluster/api-client.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../../cluster/api-error.ts'
import { type LeaseSpec, microTime } from '../../cluster/lease-record.ts'
import { leases } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import type { RunLock } from '../../core/upgrade/run-lock.ts'

/** One for all controllers of the cluster, in the namespace that every cluster has. */
export const runLease = { namespace: 'kube-system', name: 'falkirk-cluster-upgrade' } as const
const runAnnotation = 'falkirk.dev/run'

interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec
}

/** The Lease as it was read; every write is conditional on that. */
export interface ReadRunLease {
  readonly lock: RunLock | undefined
  /** False: somebody else was faster. Throws what the transport throws. */
  take(lock: RunLock): Promise<boolean>
}

/** Reads the lock of runs. Throws what the transport throws. */
export async function readRunLease(client: ApiClient): Promise<ReadRunLease> {
  const lease = await client.find<LeaseObject>(leases, runLease)
  const { holderIdentity: holder = '' } = lease?.spec ?? {}
  const run = lease?.metadata.annotations?.[runAnnotation] ?? ''
  return { lock: lease === undefined ? undefined : { holder, run }, take: (lock) => take(client, lease, lock) }
}

async function take(client: ApiClient, lease: LeaseObject | undefined, { holder, run }: RunLock): Promise<boolean> {
  const before = lease?.metadata ?? runLease
  const metadata = { ...before, annotations: { ...lease?.metadata.annotations, [runAnnotation]: run } }
  const next = { metadata, spec: { ...lease?.spec, holderIdentity: holder, acquireTime: microTime(client.clock.now()) } } as LeaseObject
  try {
    if (lease === undefined) await client.create(leases, next)
    else await client.replace(leases, next)
    return true
  } catch (error) {
    if (isConflict(error) || isAlreadyExists(error) || (lease !== undefined && isNotFound(error))) return false
    throw error
  }
}
