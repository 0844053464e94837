import type { PodSpec } from 'kubernetes-types/core/v1'
import { newRevision, type Revised } from '../../controllers/workloads/controller-revision.ts'
import { daemonPod, daemonSets, hashLabel } from '../../controllers/workloads/daemon-set/daemon-pod.ts'
import type { DaemonSetObject } from '../../controllers/workloads/workload-objects.ts'
import { as } from '../../kube-object.ts'
import type { Application } from './application-mix.ts'
import { templateSpec } from './deployed-application.ts'
import { ageSeconds, type Ground } from './ground.ts'

/** A DaemonSet with its pod on every node. */
export function addDaemonSet(app: Omit<Application, 'kind' | 'replicas'>, { maker, pods, room, nodes }: Ground): void {
  const { name, namespace, spec } = app
  const labels = { app: name }
  const tolerations = [{ operator: 'Exists' }]
  const template = { metadata: { labels }, spec: { ...templateSpec({ ...app, kind: 'Deployment', replicas: 1 }), tolerations } }
  const count = nodes.length
  const status = {
    observedGeneration: 1,
    desiredNumberScheduled: count,
    currentNumberScheduled: count,
    updatedNumberScheduled: count,
    numberReady: count,
    numberAvailable: count,
    numberMisscheduled: 0,
  }
  const annotations = { 'deprecated.daemonset.template.generation': '1' }
  const metadata = { name, namespace, labels, annotations }
  const draft = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector: { matchLabels: labels }, template }, status }
  const set = maker.make(daemonSets.resource, draft, ageSeconds)
  const revision = maker.make('controllerrevisions.apps', newRevision(as<Revised>(set), daemonSets, 1, hashLabel), ageSeconds)
  const hash = revision.metadata.labels?.[hashLabel] ?? ''
  for (const node of nodes) {
    const pod = daemonPod(as<DaemonSetObject>(set), node.machine.name, hash)
    const { affinity } = pod.spec as PodSpec
    const full = { ...spec, tolerations, ...(affinity && { affinity }) }
    room.book(node, full)
    pods.add(pod, full, node, ageSeconds)
  }
}
