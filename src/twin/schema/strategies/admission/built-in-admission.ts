import type { AdmissionRequest, AdmissionStep } from '../../../api/admission.ts'
import { concernsResource } from '../../../api/admission-plan.ts'
import { invalid } from '../../../api/status-error.ts'
import type { DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, mutatingStep, type ObjectReader, type PluginRule, validatingStep } from './admission-verdict.ts'
import { admitLimits } from './admit-limits.ts'
import { admitKubelet, admitKubeletPod, admitNewNode } from './admit-node.ts'
import { admitPriority } from './admit-priority.ts'
import { admitRuntimeClass } from './admit-runtime-class.ts'
import { admitServiceAccount } from './admit-service-account.ts'
import { admitIngressClass, admitProtection, admitResize, admitStorageClass } from './admit-storage.ts'
import { admitTolerations } from './admit-tolerations.ts'
import { allocateService } from './allocate-service.ts'
import { checkClaimLimits, checkLimits } from './check-limits.ts'
import type { ServiceAddressPool } from './service-address-pool.ts'

export interface BuiltInAdmissionOptions {
  readonly reader: ObjectReader
  readonly pool: ServiceAddressPool
  /** Minor of Kubernetes 1 that the server is. */
  readonly minor: number
  /** Numbers in [0, 1). */
  readonly random: () => number
}

/**
 * The admission plugins that an API server has on by default and that need other objects, in their order; webhooks come after them.
 * Addresses of Services are given out here as well. Source: Kubernetes, Admission Controllers.
 */
export function builtInAdmission(options: BuiltInAdmissionOptions): readonly AdmissionStep[] {
  return [...podSteps(options), ...nodeSteps(options), ...storageSteps(options), serviceStep(options)]
}

const created = ['CREATE'] as const
const written = ['CREATE', 'UPDATE'] as const
type Decide = PluginRule['decide']

function onNewPod(name: string, decide: Decide): AdmissionStep {
  return mutatingStep({ name, resource: 'pods', operations: created, decide })
}

function podSteps({ reader, minor, random }: BuiltInAdmissionOptions): readonly AdmissionStep[] {
  const account = { reader, minor, suffix: () => suffix(random) }
  return [
    onNewPod('LimitRanger', (pod, request) => admitted(admitLimits(pod, placeOf(request), reader))),
    validatingStep({
      name: 'LimitRanger',
      resource: 'pods',
      operations: created,
      decide: (pod, request) => checkLimits(pod, { namespace: placeOf(request), reader, minor }),
    }),
    onNewPod('ServiceAccount', (pod, request) => admitServiceAccount(pod, placeOf(request), account)),
    onNewPod('Priority', (pod) => admitPriority(pod, reader, minor)),
    mutatingStep({
      name: 'Priority',
      resource: 'pods',
      operations: ['UPDATE'],
      decide: (pod, { oldObject }) => admitted(withOldPriority(pod, oldObject)),
    }),
    onNewPod('DefaultTolerationSeconds', (pod) => admitted(admitTolerations(pod))),
    onNewPod('RuntimeClass', (pod) => admitRuntimeClass(pod, reader)),
  ]
}

/** A client that writes a pod without them does not mean to change them. */
function withOldPriority(pod: DraftObject, old: DraftObject | undefined): DraftObject {
  const { priority, preemptionPolicy } = (old?.spec ?? {}) as Record<string, unknown>
  const spec = (pod.spec ?? {}) as Record<string, unknown>
  const missing = {
    ...(spec.priority === undefined && priority !== undefined ? { priority } : {}),
    ...(spec.preemptionPolicy === undefined && preemptionPolicy !== undefined ? { preemptionPolicy } : {}),
  }
  return Object.keys(missing).length === 0 ? pod : { ...pod, spec: { ...spec, ...missing } }
}

function nodeSteps({ reader }: BuiltInAdmissionOptions): readonly AdmissionStep[] {
  const uidOf = (pod: DraftObject) =>
    reader.get('nodes', undefined, (pod.spec as { nodeName?: string } | undefined)?.nodeName ?? '')?.metadata.uid
  return [
    validatingStep({
      name: 'NodeRestriction',
      resource: 'pods',
      operations: created,
      decide: (pod, { user }) => admitKubeletPod(pod, user, uidOf(pod)),
    }),
    mutatingStep({
      name: 'NodeRestriction',
      resource: 'nodes',
      operations: written,
      decide: (node, { user, oldObject }) => admitKubelet(node, oldObject, user),
    }),
    mutatingStep({ name: 'TaintNodesByCondition', resource: 'nodes', operations: created, decide: (node) => admitted(admitNewNode(node)) }),
  ]
}

function storageSteps({ reader, minor }: BuiltInAdmissionOptions): readonly AdmissionStep[] {
  const claims = 'persistentvolumeclaims'
  const protection = (resource: string, finalizer: Parameters<typeof admitProtection>[1]) => {
    const decide = (object: DraftObject) => admitted(admitProtection(object, finalizer))
    return mutatingStep({ name: 'StorageObjectInUseProtection', resource, operations: created, decide })
  }
  const resize = (claim: DraftObject, { oldObject }: AdmissionRequest): AdmissionVerdict =>
    oldObject === undefined ? admitted(claim) : admitResize(claim, oldObject, reader)
  return [
    mutatingStep({
      name: 'DefaultStorageClass',
      resource: claims,
      operations: created,
      decide: (claim) => admitStorageClass(claim, reader, minor),
    }),
    protection(claims, 'kubernetes.io/pvc-protection'),
    protection('persistentvolumes', 'kubernetes.io/pv-protection'),
    validatingStep({
      name: 'LimitRanger',
      resource: claims,
      operations: written,
      // who takes its finalizers away is not asked how large it is
      decide: (claim, request) =>
        request.oldObject?.metadata?.deletionTimestamp === undefined
          ? checkClaimLimits(claim, { namespace: placeOf(request), reader, minor })
          : admitted(claim),
    }),
    validatingStep({ name: 'PersistentVolumeClaimResize', resource: claims, operations: ['UPDATE'], decide: resize }),
    mutatingStep({
      name: 'DefaultIngressClass',
      resource: 'ingresses.networking.k8s.io',
      operations: created,
      decide: (ingress) => admitIngressClass(ingress, reader),
    }),
  ]
}

function serviceStep({ pool, minor }: BuiltInAdmissionOptions): AdmissionStep {
  const concerns = concernsResource('services', written)
  return {
    name: 'ServiceAddresses',
    concerns,
    mutate(request) {
      const { object, oldObject } = request
      if (object === undefined || !concerns(request)) return object
      const allocation = allocateService(object, oldObject, pool, minor)
      if (allocation.kind === 'Allocated') return allocation.object
      throw invalid({ group: '', kind: 'Service', name: object.metadata?.name ?? '' }, allocation.causes)
    },
  }
}

function placeOf({ namespace }: AdmissionRequest): string {
  return namespace ?? ''
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

function suffix(random: () => number): string {
  return Array.from({ length: 5 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
}
