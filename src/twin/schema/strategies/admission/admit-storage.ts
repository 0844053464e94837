import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { defaultStorageClasses } from '../../../../core/kubernetes/default-storage-class.ts'
import { compareQuantities, parseQuantity } from '../../../../core/kubernetes/quantity.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, type ObjectReader, refused } from './admission-verdict.ts'

const betaClass = 'volume.beta.kubernetes.io/storage-class'

/** A new claim with the storage class that is the default, unless it names one. Source: Kubernetes, DefaultStorageClass. */
export function admitStorageClass(draft: DraftObject, reader: ObjectReader, minor: number): AdmissionVerdict {
  const claim = as<PersistentVolumeClaim>(draft)
  if (claim.spec?.storageClassName !== undefined || claim.metadata?.annotations?.[betaClass] !== undefined) return admitted(draft)
  const marked = defaultStorageClasses(reader.list('storageclasses.storage.k8s.io'))
  // Since 1.26 the newest of several is taken; before, nobody knew which.
  if (marked.length > 1 && minor < 26) return refused(`Internal error occurred: ${marked.length} default StorageClasses were found`)
  const [chosen] = marked
  if (chosen === undefined) return admitted(draft)
  return admitted({ ...draft, spec: { ...claim.spec, storageClassName: chosen.metadata.name } })
}

/** A claim or volume that is not lost while it is in use. Source: Kubernetes, Storage Object in Use Protection. */
export function admitProtection(
  draft: DraftObject,
  finalizer: 'kubernetes.io/pvc-protection' | 'kubernetes.io/pv-protection',
): DraftObject {
  const finalizers = draft.metadata?.finalizers ?? []
  return finalizers.includes(finalizer) ? draft : { ...draft, metadata: { ...draft.metadata, finalizers: [...finalizers, finalizer] } }
}

/** A claim grows only where its class lets it. Source: Kubernetes, PersistentVolumeClaimResize. */
export function admitResize(draft: DraftObject, old: DraftObject, reader: ObjectReader): AdmissionVerdict {
  const [next, before] = [as<PersistentVolumeClaim>(draft), as<PersistentVolumeClaim>(old)]
  const [size, oldSize] = [next, before].map(({ spec }) => parseQuantity(spec?.resources?.requests?.storage))
  if (size === undefined || oldSize === undefined || compareQuantities(size, oldSize) <= 0) return admitted(draft)
  if (before.status?.phase !== 'Bound') return refused('Only bound persistent volume claims can be expanded')
  const className = next.metadata?.annotations?.[betaClass] ?? next.spec?.storageClassName ?? ''
  const found = reader.get('storageclasses.storage.k8s.io', undefined, className)
  if (found !== undefined && as<StorageClass>(found).allowVolumeExpansion === true) return admitted(draft)
  return refused('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize')
}

/** A new Ingress with the class that is the default, unless it names one. Source: Kubernetes, DefaultIngressClass. */
export function admitIngressClass(draft: DraftObject, reader: ObjectReader): AdmissionVerdict {
  const spec = (draft.spec ?? {}) as { readonly ingressClassName?: string }
  if (spec.ingressClassName !== undefined || draft.metadata?.annotations?.['kubernetes.io/ingress.class'] !== undefined)
    return admitted(draft)
  const marked = reader
    .list('ingressclasses.networking.k8s.io')
    .filter(({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true')
  if (marked.length > 1) return refused(`Internal error occurred: ${marked.length} default IngressClasses were found`)
  return admitted(marked[0] === undefined ? draft : { ...draft, spec: { ...spec, ingressClassName: marked[0].metadata.name } })
}
