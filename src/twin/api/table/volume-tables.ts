import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { CSIDriver, CSINode, StorageClass, VolumeAttachment } from 'kubernetes-types/storage/v1'
import { isDefaultStorageClass } from '../../../core/kubernetes/default-storage-class.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { sinceText } from './human-duration.ts'
import { ageColumn, type Cell, nameColumn, type PrintContext, printer, shown, type TablePrinter, wide } from './table-column.ts'

/** Since 1.29 a column says the class of a volume's attributes. */
const attributesSince = 29
const betaClass = 'volume.beta.kubernetes.io/storage-class'
const modeNames = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }

/** Source: Kubernetes, pkg/printers printPersistentVolume. */
export const volumeTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    ...['Capacity', 'Access Modes', 'Reclaim Policy', 'Status', 'Claim', 'StorageClass'].map((name) => shown(name)),
    ...(minor >= attributesSince ? [shown('VolumeAttributesClass')] : []),
    shown('Reason'),
    ageColumn,
    wide('VolumeMode'),
  ],
  cells: volumeCells,
}

function volumeCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const { metadata, spec, status } = as<PersistentVolume>(object)
  const claim = spec?.claimRef
  return [
    object.metadata.name,
    quantityCell(spec?.capacity?.storage),
    accessModes(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : '',
    metadata?.annotations?.[betaClass] ?? spec?.storageClassName ?? '',
    ...(minor >= attributesSince ? [spec?.volumeAttributesClassName ?? '<unset>'] : []),
    status?.reason ?? '',
    sinceText(object.metadata.creationTimestamp, nowMs),
    spec?.volumeMode ?? '<unset>',
  ]
}

/** Source: Kubernetes, pkg/printers printPersistentVolumeClaim. */
export const claimTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    ...['Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass'].map((name) => shown(name)),
    ...(minor >= attributesSince ? [shown('VolumeAttributesClass')] : []),
    ageColumn,
    wide('VolumeMode'),
  ],
  cells: claimCells,
}

function claimCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const { metadata, spec, status } = as<PersistentVolumeClaim>(object)
  const bound = Boolean(spec?.volumeName)
  return [
    object.metadata.name,
    metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    spec?.volumeName ?? '',
    bound ? quantityCell(status?.capacity?.storage) : '',
    bound ? accessModes(status?.accessModes) : '',
    metadata?.annotations?.[betaClass] ?? spec?.storageClassName ?? '',
    ...(minor >= attributesSince ? [spec?.volumeAttributesClassName ?? '<unset>'] : []),
    sinceText(object.metadata.creationTimestamp, nowMs),
    spec?.volumeMode ?? '<unset>',
  ]
}

function quantityCell(quantity: unknown): string {
  return quantity === undefined || quantity === null ? '0' : String(quantity)
}

function accessModes(modes: readonly string[] | undefined): string {
  return Object.entries(modeNames)
    .filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',')
}

/** Source: Kubernetes, pkg/printers printStorageClass. */
export const storageClassTable = printer<StorageClass>(
  [nameColumn, ...['Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion'].map((name) => shown(name)), ageColumn],
  ({ metadata, provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion }, { nowMs }) => [
    `${metadata?.name ?? ''}${isDefaultStorageClass({ metadata: metadata ?? {} }) ? ' (default)' : ''}`,
    provisioner,
    reclaimPolicy ?? 'Delete',
    volumeBindingMode ?? 'Immediate',
    allowVolumeExpansion ?? false,
    sinceText(metadata?.creationTimestamp, nowMs),
  ],
)

/** Source: Kubernetes, pkg/printers printVolumeAttachment. */
export const volumeAttachmentTable = printer<VolumeAttachment>(
  [nameColumn, { ...shown('Attacher'), format: 'name' }, shown('PV'), shown('Node'), shown('Attached', 'boolean'), ageColumn],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    spec.attacher,
    spec.source.persistentVolumeName ?? '',
    spec.nodeName,
    status?.attached ?? false,
    sinceText(metadata?.creationTimestamp, nowMs),
  ],
)

/** Source: Kubernetes, pkg/printers printCSINode. */
export const csiNodeTable = printer<CSINode>([nameColumn, shown('Drivers', 'integer'), ageColumn], ({ metadata, spec }, { nowMs }) => [
  metadata?.name ?? '',
  spec?.drivers?.length ?? 0,
  sinceText(metadata?.creationTimestamp, nowMs),
])

/** Since 1.21 it is told whether a driver reports capacity and wants tokens. */
const capacitySince = 21

/** Source: Kubernetes, pkg/printers printCSIDriver. */
export const csiDriverTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    shown('AttachRequired', 'boolean'),
    shown('PodInfoOnMount', 'boolean'),
    ...(minor >= capacitySince ? [shown('StorageCapacity', 'boolean'), shown('TokenRequests'), shown('RequiresRepublish', 'boolean')] : []),
    shown('Modes'),
    ageColumn,
  ],
  cells: csiDriverCells,
}

function csiDriverCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const { spec } = as<CSIDriver>(object)
  const tokens = spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>'
  return [
    object.metadata.name,
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    ...(minor >= capacitySince ? [spec.storageCapacity ?? false, tokens, spec.requiresRepublish ?? false] : []),
    spec.volumeLifecycleModes?.join(',') || '<none>',
    sinceText(object.metadata.creationTimestamp, nowMs),
  ]
}
