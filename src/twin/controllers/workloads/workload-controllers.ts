import type { Clock } from '../../../cluster/clock.ts'
import type { Controller } from '../../control-loop/controller.ts'
import type { TwinClient } from '../../twin-client.ts'
import { CronJobController } from './cron-job/cron-job-controller.ts'
import { DaemonSetController } from './daemon-set/daemon-set-controller.ts'
import { DeploymentController } from './deployment/deployment-controller.ts'
import { JobController } from './job/job-controller.ts'
import { TtlAfterFinishedController } from './job/ttl-after-finished-controller.ts'
import { OwnedObjects } from './owned-objects.ts'
import { ReplicaSetController } from './replica-set/replica-set-controller.ts'
import { replicaSets, replicationControllers } from './replica-set/replica-set-kind.ts'
import { StatefulSetController } from './stateful-set/stateful-set-controller.ts'
import type { WorkloadContext } from './workload-context.ts'

export interface WorkloadOptions {
  readonly clock: Clock
  /** Minor of Kubernetes 1 that the controllers are. */
  readonly minor: number
}

/** The controllers that keep pods in number and in order, each to be turned by a control loop of its own. */
export function workloadControllers(client: TwinClient, { clock, minor }: WorkloadOptions): Controller[] {
  const { store } = client
  const context: WorkloadContext = {
    client,
    clock,
    minor,
    pods: new OwnedObjects(store, 'pods'),
    replicaSets: new OwnedObjects(store, 'replicasets.apps'),
    revisions: new OwnedObjects(store, 'controllerrevisions.apps'),
    jobs: new OwnedObjects(store, 'jobs.batch'),
  }
  return [
    new DeploymentController(context),
    new ReplicaSetController(context, replicaSets),
    new ReplicaSetController(context, replicationControllers),
    new StatefulSetController(context),
    new DaemonSetController(context),
    new JobController(context),
    new CronJobController(context),
    ...(minor >= 21 ? [new TtlAfterFinishedController(context)] : []),
  ]
}
