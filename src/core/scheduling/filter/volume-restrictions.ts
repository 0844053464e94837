import type { Volume } from 'kubernetes-types/core/v1.js'
import type { NodeInfo } from '../node-info.ts'
import { unresolvable, unschedulable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'

const diskConflict = unschedulable('VolumeRestrictions', 'node(s) had no available disk')

const claimInUse = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'

/**
 * Keeps pods off nodes where an in-line disk of theirs is in use in a way that does not go together, and off all nodes while a claim that
 * only one pod may use is in use. Source: kube-scheduler, VolumeRestrictions; KEP-2485.
 */
export function prepareVolumeRestrictions(cycle: SchedulingCycle): PreparedFilter {
  const { pod, minor } = cycle
  if (minor >= 22 && pod.claims.some(({ claimName }) => isExclusiveAndUsed(cycle, claimName))) {
    if (minor < 27) return { kind: 'RejectAll', rejection: unresolvable('VolumeRestrictions', claimInUse) }
    const rejection = unschedulable('VolumeRestrictions', claimInUse)
    return { kind: 'Filter', check: () => rejection }
  }
  const disks = (pod.pod.spec?.volumes ?? []).filter(isRestricted)
  if (disks.length === 0) return skip
  return { kind: 'Filter', check: (node) => (disks.some((disk) => isInUse(disk, node)) ? diskConflict : undefined) }
}

function isExclusiveAndUsed({ pod, cache, volumes }: SchedulingCycle, claimName: string): boolean {
  if (cache.claimUsers(`${pod.namespace}/${claimName}`) === 0) return false
  return volumes.claim(pod.namespace, claimName)?.spec?.accessModes?.includes('ReadWriteOncePod') === true
}

function isRestricted({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean {
  return gcePersistentDisk !== undefined || awsElasticBlockStore !== undefined || rbd !== undefined || iscsi !== undefined
}

function isInUse(disk: Volume, node: NodeInfo): boolean {
  for (const { pod } of node.pods.values()) {
    if ((pod.spec?.volumes ?? []).some((other) => isConflict(disk, other))) return true
  }
  return false
}

/** Whether two volumes are the same disk, and not both may have it. */
function isConflict(a: Volume, b: Volume): boolean {
  const bothRead = (x: { readOnly?: boolean }, y: { readOnly?: boolean }) => x.readOnly === true && y.readOnly === true
  const [gce, ebs, iscsi, rbd] = [a.gcePersistentDisk, a.awsElasticBlockStore, a.iscsi, a.rbd]
  if (gce && b.gcePersistentDisk && gce.pdName === b.gcePersistentDisk.pdName) return !bothRead(gce, b.gcePersistentDisk)
  if (ebs && b.awsElasticBlockStore && ebs.volumeID === b.awsElasticBlockStore.volumeID) return true
  if (iscsi && b.iscsi && iscsi.iqn === b.iscsi.iqn) return !bothRead(iscsi, b.iscsi)
  if (rbd && b.rbd && isSameImage(rbd, b.rbd)) return !bothRead(rbd, b.rbd)
  return false
}

type Rbd = NonNullable<Volume['rbd']>

function isSameImage(a: Rbd, b: Rbd): boolean {
  const pool = (rbd: Rbd) => rbd.pool ?? 'rbd'
  return a.monitors.some((monitor) => b.monitors.includes(monitor)) && pool(a) === pool(b) && a.image === b.image
}
