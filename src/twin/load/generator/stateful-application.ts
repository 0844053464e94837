import type { PersistentVolume, PersistentVolumeClaim, PodSpec } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { boundClaimStatus, claimOn } from '../../controllers/volumes/bound-pair.ts'
import { provisionedVolume, reachOf } from '../../controllers/volumes/provisioned-volume.ts'
import { newRevision, type Revised } from '../../controllers/workloads/controller-revision.ts'
import { claimsOf, statefulPod, statefulSets } from '../../controllers/workloads/stateful-set/stateful-pod.ts'
import type { StatefulSetObject } from '../../controllers/workloads/workload-objects.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Application } from './application-mix.ts'
import { addBudget, addService, templateSpec } from './deployed-application.ts'
import { ageSeconds, type Ground } from './ground.ts'
import type { GeneratedNode } from './node-objects.ts'
import { addEndpoints } from './service-endpoints.ts'

/** A StatefulSet that has come to rest: with its revision, Service, budget, pods, and their volumes in the zones of their nodes. */
export function addStatefulSet(app: Application, ground: Ground): void {
  const { maker, pods, room, workers } = ground
  const { spec, replicas } = app
  const { set, revision } = withRevision(newSet(app, ground), ground)
  const { template } = as<StatefulSetObject>(set).spec
  const made: KubeObject[] = []
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const node = room.next(workers, spec)
    for (const claim of claimsOf(as<StatefulSetObject>(set), ordinal))
      addVolume(maker.make('persistentvolumeclaims', claim, ageSeconds), node, ground)
    const draft = statefulPod(as<StatefulSetObject>(set), { ordinal, template, revision }, maker.shape.minor)
    const own = draft.spec as PodSpec
    const { hostname, subdomain, volumes } = own
    const full = { ...spec, ...(hostname && { hostname }), ...(subdomain && { subdomain }), ...(volumes && { volumes }) }
    made.push(pods.add(draft, full, node, ageSeconds))
  }
  addEndpoints(addService(app, ground), made, ground)
  addBudget(app, made, ground)
}

function newSet(app: Application, { maker }: Ground): KubeObject {
  const { name, namespace, replicas, storage = '10Gi' } = app
  const labels = { app: name }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName: 'standard' },
  }
  const spec = {
    replicas,
    serviceName: name,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: templateSpec(app) },
    volumeClaimTemplates: [claim],
  }
  const draft = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace, labels }, spec }
  return maker.make(statefulSets.resource, draft, ageSeconds)
}

/** The set as its controller leaves it, and the name of its revision. */
function withRevision(set: KubeObject, { maker }: Ground): { set: KubeObject; revision: string } {
  const draft = newRevision(as<Revised>(set), statefulSets, 1, 'controller.kubernetes.io/hash')
  const revision = maker.make('controllerrevisions.apps', draft, ageSeconds).metadata.name
  const { replicas = 1 } = as<StatefulSetObject>(set).spec
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas, currentReplicas: replicas, updatedReplicas: replicas }
  const status = { observedGeneration: 1, ...counts, currentRevision: revision, updateRevision: revision, collisionCount: 0 }
  const done = { ...set, status }
  maker.replace(set, done)
  return { set: done, revision }
}

function addVolume(claim: KubeObject, node: GeneratedNode, { maker, storageClass, zones }: Ground): void {
  const provisioning = {
    claim: as<PersistentVolumeClaim>(claim),
    storageClass: as<StorageClass>(storageClass),
    node: { metadata: { labels: { ...node.object.metadata.labels } } },
    zones,
    chance: 0,
    reach: reachOf(as<StorageClass>(storageClass).provisioner),
  }
  const volume = maker.make('persistentvolumes', { ...provisionedVolume(provisioning), status: { phase: 'Bound' } }, ageSeconds)
  const bound = claimOn(claim, volume)
  const finalizers = ['kubernetes.io/pvc-protection']
  maker.replace(claim, { ...bound, metadata: { ...bound.metadata, finalizers }, status: boundClaimStatus(as<PersistentVolume>(volume)) })
}
