import type { PersistentVolumeClaimSpec, PersistentVolumeSpec } from 'kubernetes-types/core/v1'
import { dnsSubdomainProblem } from '../../../../core/kubernetes/dns-name.ts'
import { compareQuantities, parseQuantity } from '../../../../core/kubernetes/quantity.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { nodeSelectorProblems } from './affinity-problems.ts'
import { selectorProblems } from './label-selector-problems.ts'
import { immutableProblems, problem, unsupportedValue } from './refusal.ts'
import { hostPathProblems } from './volume-problems.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce']
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const volumeModes = ['Block', 'Filesystem']
/** Fields of a PersistentVolume that do not say where it is. */
const common = [
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]

function modeProblems(field: string, modes: readonly string[], minor: number): readonly StatusCause[] {
  const known = minor >= 22 ? [...accessModes, 'ReadWriteOncePod'] : accessModes
  return modes.flatMap((mode) => (known.includes(mode) ? [] : [unsupportedValue(field, mode, known)]))
}

function positiveProblems(field: string, amount: unknown): readonly StatusCause[] {
  const quantity = parseQuantity(amount)
  return quantity !== undefined && quantity.nano > 0n ? [] : [invalidValue(field, String(amount), 'must be greater than zero')]
}

function classProblems(spec: { readonly storageClassName?: string; readonly volumeMode?: string }): readonly StatusCause[] {
  const { storageClassName, volumeMode } = spec
  return [
    ...(storageClassName ? problem('spec.storageClassName', storageClassName, dnsSubdomainProblem(storageClassName)) : []),
    ...(volumeMode === undefined || volumeModes.includes(volumeMode) ? [] : [unsupportedValue('spec.volumeMode', volumeMode, volumeModes)]),
  ]
}

/** Why a PersistentVolume is refused; where it is cannot be changed. Source: Kubernetes API reference, PersistentVolume. */
export function volumeObjectProblems(
  spec: PersistentVolumeSpec,
  old: PersistentVolumeSpec | undefined,
  minor: number,
): readonly StatusCause[] {
  const policy = spec.persistentVolumeReclaimPolicy
  return [
    ...(spec.accessModes?.length ? modeProblems('spec.accessModes', spec.accessModes, minor) : [requiredValue('spec.accessModes')]),
    ...capacityProblems(spec.capacity ?? {}),
    ...(policy && !reclaimPolicies.includes(policy)
      ? [unsupportedValue('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies)]
      : []),
    ...(spec.nodeAffinity?.required ? nodeSelectorProblems('spec.nodeAffinity.required', spec.nodeAffinity.required) : []),
    ...placeProblems(spec),
    ...classProblems(spec),
    ...(old === undefined ? [] : volumeChangeProblems(spec, old)),
  ]
}

function capacityProblems(capacity: NonNullable<PersistentVolumeSpec['capacity']>): readonly StatusCause[] {
  const names = Object.keys(capacity)
  return [
    ...(names.length === 0 ? [requiredValue('spec.capacity')] : []),
    ...(names.length === 1 && names[0] === 'storage' ? [] : [unsupportedCapacity(names)]),
    ...Object.entries(capacity).flatMap(([name, amount]) => positiveProblems(`spec.capacity[${name}]`, amount)),
  ]
}

/** The real server prints the amounts as it has them in memory. */
function unsupportedCapacity(names: readonly string[]): StatusCause {
  const text = names.length === 0 ? 'core.ResourceList(nil)' : `core.ResourceList{${names.map((name) => JSON.stringify(name)).join(', ')}}`
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${text}: supported values: "storage"`, field: 'spec.capacity' }
}

function placeOf(spec: PersistentVolumeSpec): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(spec).filter(([field, value]) => !common.includes(field) && value))
}

function placeProblems(spec: PersistentVolumeSpec): readonly StatusCause[] {
  const [first, ...more] = Object.keys(placeOf(spec))
  if (first === undefined) return [requiredValue('spec', 'must specify a volume type')]
  const unbound = spec.local && !spec.nodeAffinity?.required
  return [
    ...(spec.hostPath ? hostPathProblems('spec.hostPath', spec.hostPath.path, spec.hostPath.type) : []),
    ...(unbound ? [requiredValue('spec.nodeAffinity', 'Local volume requires node affinity')] : []),
    ...more.map((source) => forbiddenValue(`spec.${source}`, 'may not specify more than 1 volume type')),
  ]
}

function volumeChangeProblems(next: PersistentVolumeSpec, old: PersistentVolumeSpec): readonly StatusCause[] {
  const moved = !sameJson(placeOf(next), placeOf(old))
  return [
    ...(moved ? [forbiddenValue('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')] : []),
    ...immutableProblems('volumeMode', next.volumeMode, old.volumeMode),
    ...(old.nodeAffinity && !sameJson(next.nodeAffinity, old.nodeAffinity)
      ? [invalidValue('nodeAffinity', next.nodeAffinity ?? null, 'field is immutable')]
      : []),
  ]
}

/** Why a PersistentVolumeClaim is refused. Source: Kubernetes API reference, PersistentVolumeClaim. */
export function claimProblems(spec: PersistentVolumeClaimSpec, minor: number): readonly StatusCause[] {
  const asked = spec.resources?.requests?.storage
  const storage = 'spec.resources[storage]'
  return [
    ...(spec.accessModes?.length
      ? modeProblems('spec.accessModes', spec.accessModes, minor)
      : [requiredValue('spec.accessModes', 'at least 1 access mode is required')]),
    ...selectorProblems('spec.selector', spec.selector),
    ...(asked === undefined ? [requiredValue(storage)] : positiveProblems(storage, asked)),
    ...classProblems(spec),
  ]
}

/** Why a change of a claim is refused: only a bound claim may grow. `phase` is that of the claim. */
export function claimChangeProblems(
  next: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec,
  phase: string | undefined,
): readonly StatusCause[] {
  const [before, after] = [parseQuantity(old.resources?.requests?.storage), parseQuantity(next.resources?.requests?.storage)]
  const shrinks = before !== undefined && after !== undefined && compareQuantities(after, before) < 0
  const settled = {
    ...next,
    ...(old.volumeName ? {} : { volumeName: old.volumeName }),
    ...(phase === 'Bound' ? { resources: old.resources } : {}),
  }
  return [
    ...(sameJson(settled, old)
      ? []
      : [forbiddenValue('spec', 'spec is immutable after creation except resources.requests for bound claims')]),
    ...(shrinks ? [forbiddenValue('spec.resources.requests.storage', 'field can not be less than previous value')] : []),
    ...immutableProblems('volumeMode', next.volumeMode, old.volumeMode),
  ]
}

/** Why a change of a StorageClass is refused: most of it is settled. */
export function storageClassChangeProblems(next: object, old: object): readonly StatusCause[] {
  const fields = {
    parameters: 'parameters',
    provisioner: 'provisioner',
    reclaimPolicy: 'reclaimPolicy',
    volumeBindingMode: 'volumeBindingMode',
  }
  const read = (object: object, field: string) => (object as Readonly<Record<string, unknown>>)[field]
  return Object.keys(fields).flatMap((field) => {
    if (sameJson(read(next, field), read(old, field))) return []
    if (field === 'volumeBindingMode') return immutableProblems(field, read(next, field), read(old, field))
    return [forbiddenValue(field, `updates to ${field} are forbidden.`)]
  })
}
