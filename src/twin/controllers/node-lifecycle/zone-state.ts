/** How many nodes of a zone are ready, and how many are not; excluded ones are in neither. */
export interface ZoneCount {
  readonly ready: number
  readonly notReady: number
}

/** `Full`: no node is ready. `Partial`: more than two are not, and they are 55 % or more. */
export type ZoneState = 'Normal' | 'Partial' | 'Full'

const unhealthyShare = 0.55
/** Zones up to this size are left alone while they are partially disrupted. */
const largeZone = 50
/** Nodes a second. Source: kube-controller-manager, --node-eviction-rate, --secondary-node-eviction-rate. */
const usualRate = 0.1
const reducedRate = 0.01

/** Source: Kubernetes node lifecycle controller, ComputeZoneState. */
export function zoneState({ ready, notReady }: ZoneCount): ZoneState {
  if (ready === 0 && notReady > 0) return 'Full'
  return notReady > 2 && notReady / (ready + notReady) >= unhealthyShare ? 'Partial' : 'Normal'
}

/** How many nodes of each zone may be tainted in a second; 0 for all when nobody in the whole cluster is ready: then it is the control plane that is cut off. */
export function evictionRates(zones: ReadonlyMap<string, ZoneCount>): ReadonlyMap<string, number> {
  const states = new Map([...zones].map(([zone, count]) => [zone, zoneState(count)]))
  const cutOff = isCutOff(zones)
  return new Map(
    [...zones].map(([zone, { ready, notReady }]) => {
      if (cutOff) return [zone, 0]
      if (states.get(zone) !== 'Partial') return [zone, usualRate]
      return [zone, ready + notReady > largeZone ? reducedRate : 0]
    }),
  )
}

/** Whether every zone is fully disrupted. */
export function isCutOff(zones: ReadonlyMap<string, ZoneCount>): boolean {
  return zones.size > 0 && [...zones.values()].every((count) => zoneState(count) === 'Full')
}
