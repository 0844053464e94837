import { budgetStatus } from '../../../core/drain/budget-status.ts'
import { budgetFacts } from '../../../core/drain/disruption-budget.ts'
import { statusAsWritten } from '../../api/as-written.ts'
import { newUid } from '../../api/object-name.ts'
import { budgetPod } from '../../controllers/disruption/budget-pod.ts'
import { writtenBudgetStatus } from '../../controllers/disruption/written-budget-status.ts'
import { rolloutStatus } from '../../controllers/workloads/deployment/deployment-status.ts'
import { deployments, newReplicaSet } from '../../controllers/workloads/deployment/new-replica-set.ts'
import { revisionAnnotation } from '../../controllers/workloads/deployment/revision-annotations.ts'
import { jobPod } from '../../controllers/workloads/job/job-pod.ts'
import { podFromTemplate } from '../../controllers/workloads/pod-from-template.ts'
import { replicaSets } from '../../controllers/workloads/replica-set/replica-set-kind.ts'
import type { DeploymentObject, JobObject, ReplicaSetObject } from '../../controllers/workloads/workload-objects.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Application } from './application-mix.ts'
import { ageSeconds, type Ground } from './ground.ts'
import { addEndpoints } from './service-endpoints.ts'

/** A Deployment that has come to rest: with its ReplicaSet, Service, budget and pods. */
export function addDeployment(app: Application, ground: Ground): void {
  const { maker, pods, room, workers } = ground
  const { name, namespace, replicas, spec } = app
  const labels = { app: name }
  const counts = { observedGeneration: 1, replicas, readyReplicas: replicas, availableReplicas: replicas }
  const deployment = maker.make(
    deployments.resource,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels, annotations: { [revisionAnnotation]: '1' } },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: templateSpec(app) } },
    },
    ageSeconds,
  )
  const draft = newReplicaSet(as<DeploymentObject>(deployment), [], 1)
  const set = maker.make(
    replicaSets.resource,
    { ...draft, spec: { ...(draft.spec as object), replicas }, status: { ...counts, fullyLabeledReplicas: replicas } },
    ageSeconds,
  )
  const family = { current: as<ReplicaSetObject>(set), old: [] }
  const sinceMs = maker.shape.nowMs - ageSeconds * 1000
  const status = statusAsWritten(rolloutStatus(as<DeploymentObject>(deployment), family, sinceMs), deployments.resource)
  maker.replace(deployment, { ...deployment, status })
  const pod = podFromTemplate(as<ReplicaSetObject>(set).spec.template, set, replicaSets)
  const made = Array.from({ length: replicas }, () => pods.add(pod, spec, room.next(workers, spec), ageSeconds))
  addEndpoints(addService(app, ground), made, ground)
  addBudget(app, made, ground)
}

/** A Job at work; in the twin it runs for ten hours. */
export function addJob(app: Application, { maker, pods, room, workers }: Ground): void {
  const { name, namespace, spec } = app
  const uid = newUid(maker.random)
  const modern = maker.shape.minor >= 27
  const labels = {
    'controller-uid': uid,
    'job-name': name,
    ...(modern ? { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name } : {}),
  }
  const matchLabels = modern ? { 'batch.kubernetes.io/controller-uid': uid } : { 'controller-uid': uid }
  const template = { metadata: { labels, annotations: { 'twin.falkirk.dev/run-seconds': '36000' } }, spec: templateSpec(app) }
  const draft = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, uid, labels },
    spec: { selector: { matchLabels }, template },
  }
  const job = maker.make('jobs.batch', draft, 600)
  const pod = jobPod(as<JobObject>(job), { tracked: maker.shape.minor >= 26, minor: maker.shape.minor })
  pods.add(pod, spec, room.next(workers, spec), 600)
}

/** A pod that nobody will make again. */
export function addBarePod({ name, namespace, spec }: Application, { pods, room, workers }: Ground): void {
  pods.add({ metadata: { name, namespace, labels: { app: name } } }, spec, room.next(workers, spec), ageSeconds)
}

/** What a template says of it: without the fields that only pods have. */
export function templateSpec({ spec }: Application): object {
  const {
    priority: _priority,
    tolerations: _tolerations,
    enableServiceLinks: _links,
    serviceAccount: _account,
    serviceAccountName: _name,
    ...rest
  } = spec
  return rest
}

export function addService({ name, namespace, kind }: Application, { maker }: Ground): KubeObject {
  const clusterIP = kind === 'StatefulSet' ? 'None' : address(maker.objects.length)
  const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }]
  const spec = { clusterIP, clusterIPs: [clusterIP], selector: { app: name }, ports, type: 'ClusterIP' }
  return maker.make(
    'services',
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec, status: { loadBalancer: {} } },
    ageSeconds,
  )
}

/** Out of 10.96.0.0/12. */
function address(number: number): string {
  return `10.${96 + ((number >> 16) & 15)}.${(number >> 8) & 255}.${number & 255}`
}

/** The budget of an application, with the status that these pods of it give it. */
export function addBudget({ name, namespace, replicas, budget }: Application, members: readonly KubeObject[], { maker }: Ground): void {
  if (budget === undefined) return
  const draft = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace },
    spec: { ...budget, selector: { matchLabels: { app: name } } },
  }
  const made = maker.make('poddisruptionbudgets.policy', draft, ageSeconds)
  const { minor, nowMs } = maker.shape
  const sinceMs = nowMs - ageSeconds * 1000
  const computed = budgetStatus({
    budget: budgetFacts(made),
    pods: members.map(budgetPod),
    scaleOf: () => ({ kind: 'Scale', controllerUid: name, replicas }),
    nowMs: sinceMs,
  })
  maker.replace(made, { ...made, status: writtenBudgetStatus(computed, undefined, { nowMs: sinceMs, minor }) })
}
