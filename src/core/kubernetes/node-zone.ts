import type { StringMap } from './object-meta.ts'

/** The old labels go before the new ones. */
const zoneKeys = ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone']
const regionKeys = ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region']

/** The failure domain of a node: region and zone by its labels as one text, empty when it names neither. Source: Kubernetes, GetZoneKey. */
export function zoneOf(labels: StringMap): string {
  const first = (keys: readonly string[]) => keys.map((key) => labels[key]).find((value) => value !== undefined) ?? ''
  const [zone, region] = [first(zoneKeys), first(regionKeys)]
  return zone === '' && region === '' ? '' : `${region}/${zone}`
}
