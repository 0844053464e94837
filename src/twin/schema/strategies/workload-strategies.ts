import type { DaemonSet, DaemonSetSpec, DeploymentSpec, ReplicaSetSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1'
import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import type { ReplicationControllerSpec } from 'kubernetes-types/core/v1'
import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { sameJson } from '../../api/same-json.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { withJobSelector } from './job-selector.ts'
import { startsWith } from './new-status.ts'
import { specRule } from './spec-rule.ts'
import { cronJobProblems, jobChangeProblems, newJobProblems } from './validation/job-problems.ts'
import { statusProblems } from './validation/status-problems.ts'
import {
  daemonSetProblems,
  deploymentProblems,
  replicaSetProblems,
  replicationControllerProblems,
  statefulSetProblems,
} from './validation/workload-problems.ts'
import {
  cronJobDefaults,
  daemonSetDefaults,
  deploymentDefaults,
  jobDefaults,
  replicaSetDefaults,
  replicationControllerDefaults,
  statefulSetDefaults,
} from './workload-defaults.ts'

type Validate = NonNullable<ResourceStrategy['validate']>

/** A rule for a whole object, and one for its status where that is written alone. */
function orStatus(kind: Parameters<typeof statusProblems>[0], rule: Validate): Validate {
  return (next, old, context) =>
    context.subresource === 'status' ? statusProblems(kind, next.status, old?.status) : rule(next, old, context)
}

/** Deployments: a change of annotations counts too, because they are copied to the ReplicaSets. */
export const deploymentStrategy: ResourceStrategy = {
  countsGeneration: true,
  defaults: (draft, { minor }) => deploymentDefaults(draft, minor),
  validate: orStatus(
    'Deployment',
    specRule<DeploymentSpec>((next, old) => deploymentProblems(next, old)),
  ),
  prepare(next, old, { subresource }) {
    if (old === undefined) return { ...next, status: {} }
    if (subresource === 'status') return next
    if (sameJson(next.metadata.annotations, old.metadata.annotations) || !sameJson(next.spec, old.spec)) return next
    return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
  },
}

/** ReplicaSets. */
export const replicaSetStrategy: ResourceStrategy = {
  countsGeneration: true,
  defaults: (draft, { minor }) => replicaSetDefaults(draft, minor),
  validate: orStatus(
    'ReplicaSet',
    specRule<ReplicaSetSpec>((next, old) => replicaSetProblems(next, old)),
  ),
  prepare: startsWith({ replicas: 0 }),
}

/** ReplicationControllers. */
export const replicationControllerStrategy: ResourceStrategy = {
  countsGeneration: true,
  defaults: (draft, { minor }) => replicationControllerDefaults(draft, minor),
  validate: orStatus(
    'ReplicationController',
    specRule<ReplicationControllerSpec>((next, old) => replicationControllerProblems(next, old)),
  ),
  prepare: startsWith({ replicas: 0 }),
}

/** StatefulSets; since 1.22 the status says how many pods are available. */
export const statefulSetStrategy: ResourceStrategy = {
  countsGeneration: true,
  defaults: (draft, { minor }) => statefulSetDefaults(draft, minor),
  validate: orStatus(
    'StatefulSet',
    specRule<StatefulSetSpec>((next, old, { minor }) => statefulSetProblems(next, old, minor)),
  ),
  prepare: (next, old, { minor }) =>
    old === undefined ? { ...next, status: minor >= 22 ? { replicas: 0, availableReplicas: 0 } : { replicas: 0 } } : next,
}

/** DaemonSets: an annotation counts the changes of the template. */
export const daemonSetStrategy: ResourceStrategy = {
  countsGeneration: true,
  defaults: (draft, { minor }) => daemonSetDefaults(draft, minor),
  validate: orStatus(
    'DaemonSet',
    specRule<DaemonSetSpec>((next, old) => daemonSetProblems(next, old)),
  ),
  prepare: prepareDaemonSet,
}

const templateGeneration = 'deprecated.daemonset.template.generation'
const noDaemons = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }

function prepareDaemonSet(next: KubeObject, old: KubeObject | undefined): KubeObject {
  if (old === undefined) return counted({ ...next, status: noDaemons }, 1)
  const before = Number(old.metadata.annotations?.[templateGeneration] ?? 1)
  const changed = !sameJson(as<DaemonSet>(next).spec?.template, as<DaemonSet>(old).spec?.template)
  return counted(next, changed ? before + 1 : before)
}

function counted(object: KubeObject, generation: number): KubeObject {
  const annotations = { ...object.metadata.annotations, [templateGeneration]: String(generation) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** Jobs: the selector is made from the UID unless the client brings one. */
export const jobStrategy: ResourceStrategy = {
  defaults: (draft, { minor }) => jobDefaults(draft, minor),
  validate: orStatus('Job', (next, old, { minor, subresource }) => {
    if (subresource !== undefined) return []
    const job = as<Job>(next)
    return old === undefined ? newJobProblems(job, minor) : jobChangeProblems(job, as<Job>(old), minor)
  }),
  prepare: (next, old, { minor }) => (old === undefined ? withJobSelector({ ...next, status: {} }, minor) : next),
}

/** CronJobs. */
export const cronJobStrategy: ResourceStrategy = {
  defaults: (draft, { minor }) => cronJobDefaults(draft, minor),
  validate: (next, old, { minor, subresource }) =>
    subresource === undefined ? cronJobProblems(as<CronJob>(next), old && as<CronJob>(old), minor) : [],
  prepare: startsWith({}),
}
