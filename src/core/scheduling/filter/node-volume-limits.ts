import type { NodeInfo } from '../node-info.ts'
import { unschedulable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'
import { storageClassName, type VolumeReader } from '../volume-reader.ts'

const rejection = unschedulable('NodeVolumeLimits', 'node(s) exceed max volume count')

/** Keeps pods off nodes to which no more volumes of a CSI driver can be attached. Source: kube-scheduler, NodeVolumeLimits. */
export function prepareNodeVolumeLimits({ pod, volumes }: SchedulingCycle): PreparedFilter {
  const wanted = attachableVolumes(pod.namespace, pod.claims, volumes)
  if (wanted.size === 0) return skip
  return {
    kind: 'Filter',
    check: (node) => {
      const limits = attachLimits(node.name, volumes)
      return limits.size > 0 && isTooMany(wanted, attachedVolumes(node, volumes), limits) ? rejection : undefined
    },
  }
}

/** Driver of each volume. */
type Attachables = ReadonlyMap<string, string>

function isTooMany(wanted: Attachables, attached: Attachables, limits: ReadonlyMap<string, number>): boolean {
  for (const [driver, limit] of limits) {
    const added = [...wanted].filter(([volume, by]) => by === driver && !attached.has(volume)).length
    if (added > 0 && added + [...attached.values()].filter((by) => by === driver).length > limit) return true
  }
  return false
}

/** How many volumes of each driver a node can have, where its driver says so. */
function attachLimits(nodeName: string, volumes: VolumeReader): ReadonlyMap<string, number> {
  const limits = new Map<string, number>()
  for (const { name, allocatable } of volumes.csiNode(nodeName)?.spec?.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count)
  }
  return limits
}

function attachedVolumes(node: NodeInfo, volumes: VolumeReader): Attachables {
  const attached = new Map<string, string>()
  for (const { namespace, claims } of node.pods.values()) {
    for (const [volume, driver] of attachableVolumes(namespace, claims, volumes)) attached.set(volume, driver)
  }
  return attached
}

function attachableVolumes(namespace: string, claims: readonly { readonly claimName: string }[], volumes: VolumeReader): Attachables {
  const found = new Map<string, string>()
  for (const { claimName } of claims) {
    const claim = volumes.claim(namespace, claimName)
    if (claim === undefined) continue
    const volume = claim.spec?.volumeName ? volumes.volume(claim.spec.volumeName) : undefined
    const csi = volume?.spec?.csi
    if (csi !== undefined) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver)
    if (volume !== undefined) continue
    // What is still to be made counts by its class.
    const driver = volumes.storageClass(storageClassName(claim))?.provisioner
    if (driver !== undefined) found.set(`${driver}/claim:${namespace}/${claimName}`, driver)
  }
  return found
}
