import type { Endpoint, EndpointSlice } from 'kubernetes-types/discovery/v1'
import { sameJson } from '../../api/same-json.ts'
import { groupKey, type SliceGroup } from './slice-endpoints.ts'

/** How many endpoints a slice holds at most. Source: kube-controller-manager, --max-endpoints-per-slice. */
const mostEndpoints = 100

export interface SlicePlan {
  /** Slices to come, without a name. */
  readonly create: readonly Omit<SliceGroup, never>[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

/**
 * Puts the endpoints of one Service into slices with as few writes as it can: what is in a slice stays in it, slices that are written anyway
 * are filled up, then one with enough room, then new ones. Source: Kubernetes endpointslice controller.
 */
export function planSlices(groups: readonly SliceGroup[], existing: readonly EndpointSlice[]): SlicePlan {
  const plans = groups.map((group) =>
    planGroup(
      group,
      existing.filter((slice) => keyOfSlice(slice) === groupKey(group.addressType, group.ports)),
    ),
  )
  const wanted = new Set(groups.map(({ addressType, ports }) => groupKey(addressType, ports)))
  const obsolete = existing.filter((slice) => !wanted.has(keyOfSlice(slice)))
  return {
    create: plans.flatMap(({ create }) => create),
    update: plans.flatMap(({ update }) => update),
    remove: [...plans.flatMap(({ remove }) => remove), ...obsolete],
  }
}

function keyOfSlice({ addressType, ports }: EndpointSlice): string {
  return groupKey(addressType, ports ?? noPorts)
}

const noPorts: NonNullable<EndpointSlice['ports']> = []

interface Draft {
  readonly slice: EndpointSlice
  readonly endpoints: Endpoint[]
  changed: boolean
}

function planGroup(group: SliceGroup, existing: readonly EndpointSlice[]): SlicePlan {
  const others = new Set(group.endpoints)
  // mostly all but one endpoint are the very objects that the slices hold: only the rest is compared
  const same = existing.map(({ endpoints = [] }) => endpoints.map((endpoint) => others.delete(endpoint)))
  const missing = new Map([...others].map((endpoint) => [identityOf(endpoint), endpoint]))
  const drafts = existing.map((slice, at) => keepWanted(slice, same[at] ?? [], missing))
  const left = [...missing.values()]
  fill(
    drafts.filter(({ changed, endpoints }) => changed && endpoints.length > 0).sort((a, b) => b.endpoints.length - a.endpoints.length),
    left,
  )
  if (left.length > 0 && left.length < mostEndpoints) fillOneUnchanged(drafts, left)
  const create = []
  while (left.length > 0) create.push({ ...group, endpoints: left.splice(0, mostEndpoints) })
  return {
    create,
    update: drafts
      .filter(({ changed, endpoints }) => changed && endpoints.length > 0)
      .map(({ slice, endpoints }) => ({ ...slice, endpoints })),
    remove: drafts.filter(({ changed, endpoints }) => changed && endpoints.length === 0).map(({ slice }) => slice),
  }
}

/** `same`: which of the slice's endpoints are wanted as they are. Takes what it finds beside them out of `missing`. */
function keepWanted(slice: EndpointSlice, same: readonly boolean[], missing: Map<string, Endpoint>): Draft {
  const old = slice.endpoints ?? []
  const endpoints: Endpoint[] = []
  let changed = false
  for (const [at, endpoint] of old.entries()) {
    if (same[at] === true) {
      endpoints.push(endpoint)
      continue
    }
    const identity = identityOf(endpoint)
    const wanted = missing.get(identity)
    if (wanted === undefined) continue
    missing.delete(identity)
    endpoints.push(wanted)
    changed ||= !saysTheSame(wanted, endpoint)
  }
  return { slice, endpoints, changed: changed || endpoints.length !== old.length }
}

function fill(drafts: readonly Draft[], left: Endpoint[]): void {
  for (const { endpoints } of drafts) endpoints.push(...left.splice(0, Math.max(mostEndpoints - endpoints.length, 0)))
}

/** The fullest of the slices that have room for all that is left. */
function fillOneUnchanged(drafts: readonly Draft[], left: Endpoint[]): void {
  const [fullest] = drafts
    .filter(({ changed, endpoints }) => !changed && endpoints.length + left.length <= mostEndpoints)
    .sort((a, b) => b.endpoints.length - a.endpoints.length)
  if (fullest === undefined) return
  fullest.changed = true
  fill([fullest], left)
}

function identityOf({ addresses, targetRef }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses.length === 1 ? addresses[0] : [...addresses].sort().join(' ')}`
}

/** Whether two endpoints of one pod say the same. The version of the pod alone is no reason to write a slice. */
function saysTheSame(a: Endpoint, b: Endpoint): boolean {
  return (
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.hostname === b.hostname &&
    sameJson(a.conditions, b.conditions) &&
    sameJson(a.addresses, b.addresses)
  )
}
