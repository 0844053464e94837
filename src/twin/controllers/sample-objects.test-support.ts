import type { OwnerReference } from '../../core/kubernetes/object-meta.ts'
import type { DraftObject } from '../kube-object.ts'

/** What a test says of a pod; the rest is a running pod in `default`. */
export interface SamplePod {
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly owner?: OwnerReference
  readonly nodeName?: string
  readonly ready?: boolean
  readonly phase?: string
  readonly ip?: string
  readonly spec?: Readonly<Record<string, unknown>>
}

export function samplePod(name: string, more: SamplePod = {}): DraftObject {
  const { namespace = 'default', labels = { app: 'web' }, owner, nodeName, ready = true, phase = 'Running', ip, spec } = more
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
    spec: { ...(nodeName === undefined ? {} : { nodeName }), containers: [{ name: 'main', image: 'web:1' }], ...spec },
    status: {
      phase,
      ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-05T10:00:00Z' }],
    },
  }
}

/** A reference to what is stored. */
export function ownedBy(
  owner: { apiVersion: string; kind: string; metadata: { name: string; uid: string } },
  more: Partial<OwnerReference> = {},
): OwnerReference {
  const { apiVersion, kind, metadata } = owner
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true, ...more }
}

export function sampleWorkload(kind: string, name: string, replicas: number, owner?: OwnerReference): DraftObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'default', ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
    },
  }
}

export function sampleBudgetDraft(name: string, spec: Readonly<Record<string, unknown>>): DraftObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  }
}

/** The definition of `fleets.example.com`, a namespaced kind that keeps any field, with its replicas at `.spec.size.wanted`. */
export function fleetDefinition(): DraftObject {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const scale = { specReplicasPath: '.spec.size.wanted', statusReplicasPath: '.status.size' }
  const names = { plural: 'fleets', singular: 'fleet', kind: 'Fleet', listKind: 'FleetList' }
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, subresources: { scale } }
  return { metadata: { name: 'fleets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version] } }
}
