import type {
  DaemonSetSpec,
  DaemonSetStatus,
  DeploymentSpec,
  DeploymentStatus,
  ReplicaSetSpec,
  ReplicaSetStatus,
  StatefulSetSpec,
  StatefulSetStatus,
} from 'kubernetes-types/apps/v1.js'
import type { CronJobSpec, CronJobStatus, JobSpec, JobStatus } from 'kubernetes-types/batch/v1.js'
import type { NodeSpec, NodeStatus, PodSpec, PodStatus } from 'kubernetes-types/core/v1.js'
import type { KubeObject } from '../../kube-object.ts'

/** Stored objects read as the kinds that the workload controllers work on. A status may be missing, and every field in it. */
export interface PodObject extends KubeObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

export interface NodeObject extends KubeObject {
  readonly spec?: NodeSpec
  readonly status?: NodeStatus
}

export interface ReplicaSetObject extends KubeObject {
  readonly spec: ReplicaSetSpec
  readonly status?: ReplicaSetStatus
}

export interface DeploymentObject extends KubeObject {
  readonly spec: DeploymentSpec
  readonly status?: DeploymentStatus
}

export interface StatefulSetObject extends KubeObject {
  readonly spec: StatefulSetSpec
  readonly status?: StatefulSetStatus
}

export interface DaemonSetObject extends KubeObject {
  readonly spec: DaemonSetSpec
  readonly status?: DaemonSetStatus
}

export interface JobObject extends KubeObject {
  readonly spec: JobSpec
  readonly status?: JobStatus
}

export interface CronJobObject extends KubeObject {
  readonly spec: CronJobSpec
  readonly status?: CronJobStatus
}

/** One state of a pod template: what `kubectl rollout undo` goes back to. */
export interface ControllerRevisionObject extends KubeObject {
  readonly data?: Readonly<Record<string, unknown>>
  readonly revision: number
}
