import type { Clock } from '../../../cluster/clock.ts'
import type { TwinClient } from '../../twin-client.ts'
import type { OwnedObjects } from './owned-objects.ts'

/** What every workload controller works with; the indexes are shared. */
export interface WorkloadContext {
  readonly client: TwinClient
  readonly clock: Clock
  /** Minor of Kubernetes 1 that the controllers are. */
  readonly minor: number
  readonly pods: OwnedObjects
  readonly replicaSets: OwnedObjects
  readonly revisions: OwnedObjects
  readonly jobs: OwnedObjects
}
