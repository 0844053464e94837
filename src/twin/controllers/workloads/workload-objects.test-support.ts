import type { DeploymentObject, PodObject, ReplicaSetObject, StatefulSetObject } from './workload-objects.ts'

/** Fields of a pod that tests care for. */
export interface PodSketch {
  readonly name?: string
  readonly node?: string | undefined
  readonly phase?: string
  /** Since when it is ready, RFC 3339; not ready when absent. */
  readonly readySince?: string
  readonly created?: string
  readonly restarts?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly deleting?: boolean
}

export function pod(sketch: PodSketch = {}): PodObject {
  const { name = 'p', node, phase = 'Running', readySince, created = '2026-11-21T10:00:00Z', restarts = 0 } = sketch
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata(name, created),
      labels: sketch.labels ?? {},
      annotations: sketch.annotations ?? {},
      ...(sketch.deleting === true ? { deletionTimestamp: created } : {}),
    },
    spec: { containers: [], ...(node === undefined ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: readySince === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: readySince }],
      containerStatuses: [{ name: 'c', ready: false, restartCount: restarts, image: '', imageID: '' }],
    },
  }
}

/** A ReplicaSet of a size, with as many available pods, annotated with the size of the Deployment when it got its own. */
export function replicaSet(
  name: string,
  size: number,
  more: { available?: number; desired?: number; max?: number; created?: string } = {},
) {
  const { available = size, desired, max, created = '2026-11-21T10:00:00Z' } = more
  const annotations = {
    ...(desired === undefined ? {} : { 'deployment.kubernetes.io/desired-replicas': String(desired) }),
    ...(max === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(max) }),
  }
  const set: ReplicaSetObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata(name, created), annotations },
    spec: { replicas: size, selector: {}, template: {} },
    status: { replicas: size, availableReplicas: available, readyReplicas: available },
  }
  return set
}

export function deployment(spec: object): DeploymentObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web', '2026-11-21T10:00:00Z'),
    spec: { selector: { matchLabels: { app: 'web' } }, template: {}, ...spec },
  }
}

export function statefulSet(spec: object): StatefulSetObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...metadata('db', '2026-11-21T10:00:00Z'), generation: 1 },
    spec: { serviceName: '', selector: { matchLabels: { app: 'db' } }, template: {}, ...spec },
  }
}

function metadata(name: string, created: string) {
  return { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: created }
}
