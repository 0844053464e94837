import type { PersistentVolume } from 'kubernetes-types/core/v1.js'
import type { NodeInfo } from '../node-info.ts'
import { unresolvable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'

const rejection = unresolvable('VolumeZone', 'node(s) had no available volume zone')

/** Labels that say where a volume or a node is, with the newer name of the old ones. */
const zoneLabels: Readonly<Record<string, string | undefined>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': undefined,
  'topology.kubernetes.io/region': undefined,
}

interface Place {
  readonly key: string
  readonly values: readonly string[]
}

/** Keeps pods in the zones and regions of their volumes, as labels of the volumes say. Source: kube-scheduler, VolumeZone. */
export function prepareVolumeZone({ pod, volumes, minor }: SchedulingCycle): PreparedFilter {
  const places = pod.claims.flatMap(({ claimName }) => {
    const volumeName = volumes.claim(pod.namespace, claimName)?.spec?.volumeName
    const volume = volumeName ? volumes.volume(volumeName) : undefined
    return volume === undefined ? [] : placesOf(volume)
  })
  if (places.length === 0) return skip
  return { kind: 'Filter', check: (node) => (isPlaced(node) && !places.every((place) => isAt(node, place, minor)) ? rejection : undefined) }
}

function placesOf({ metadata }: PersistentVolume): readonly Place[] {
  return Object.entries(metadata?.labels ?? {})
    .filter(([key]) => Object.hasOwn(zoneLabels, key))
    .map(([key, value]) => ({ key, values: value.split('__').map((zone) => zone.trim()) }))
}

/** A node that names neither zone nor region is not judged. */
function isPlaced({ labels }: NodeInfo): boolean {
  return Object.keys(zoneLabels).some((key) => labels[key] !== undefined)
}

function isAt({ labels }: NodeInfo, { key, values }: Place, minor: number): boolean {
  const newer = minor >= 27 ? zoneLabels[key] : undefined
  return values.includes(labels[key] ?? (newer === undefined ? '' : labels[newer]) ?? '')
}
