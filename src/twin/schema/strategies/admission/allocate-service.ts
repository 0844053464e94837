import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1'
import { invalidValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { goValue, invalidText } from '../validation/refusal.ts'
import { serviceProblems } from '../validation/service-problems.ts'
import type { ServiceAddressPool } from './service-address-pool.ts'

/** Since then a Service says which family its addresses are of. */
const familiesSince = 21
/** Before, a traffic policy went with the type that it was for, whatever the client had written. */
const trafficKeptSince = 23

/** A Service with its address and ports, or why what it asks for cannot be had. */
export type Allocation =
  | { readonly kind: 'Allocated'; readonly object: DraftObject }
  | { readonly kind: 'Invalid'; readonly causes: readonly StatusCause[] }

interface Part {
  readonly spec: ServiceSpec
  readonly causes: readonly StatusCause[]
}

/**
 * Gives a Service what it needs and has not got: an address, node ports, a port for health checks. What it had it keeps, also when the client
 * has left it out. Source: Kubernetes, Service ClusterIP allocation.
 */
export function allocateService(draft: DraftObject, old: DraftObject | undefined, pool: ServiceAddressPool, minor: number): Allocation {
  const before = old && as<Service>(old).spec
  const kept = keptOf(withoutUseless(as<Service>(draft).spec ?? {}, before, minor), before)
  const addressed = withAddress(kept, before, pool)
  const ported = withNodePorts(addressed.spec, before, pool)
  const checked = withHealthPort(ported.spec, before, pool)
  const causes = [...addressed.causes, ...ported.causes, ...checked.causes]
  // nothing is given to a Service that cannot be: it is refused for what it is, when it is looked at as a whole
  const possible = causes.length === 0 || serviceProblems(checked.spec, before).length === 0
  if (causes.length > 0 && possible) return { kind: 'Invalid', causes }
  return { kind: 'Allocated', object: { ...draft, spec: withFamilies(checked.spec, minor) } }
}

function needsPorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)
}

/** What a client may leave out stays; what its new type has no use for goes, unless the client has changed it. */
function keptOf(next: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  if (old === undefined) return next
  let spec = next
  if (next.type === 'ExternalName' && old.type !== 'ExternalName' && next.clusterIP === old.clusterIP) spec = withoutAddress(spec)
  if (next.type !== 'ExternalName' && !next.clusterIP && !next.clusterIPs?.length && old.clusterIP) spec = { ...spec, ...addressOf(old) }
  // who changes the first address and not the list of them means the list as well
  const alone = next.clusterIP !== old.clusterIP && sameJson(next.clusterIPs, old.clusterIPs)
  if (next.clusterIP && alone) spec = { ...spec, clusterIPs: [next.clusterIP] }
  if (needsPorts(next) && needsPorts(old)) return { ...spec, ports: (spec.ports ?? []).map((port) => withOldPort(port, old)) }
  const unchanged = (spec.ports ?? []).every(({ nodePort }) => !nodePort || old.ports?.some((port) => port.nodePort === nodePort))
  return needsPorts(old) && unchanged && spec.ports ? { ...spec, ports: spec.ports.map(({ nodePort: _port, ...rest }) => rest) } : spec
}

/** A Service that is reached from outside no longer leaves behind what was said for that. */
function withoutUseless(next: ServiceSpec, old: ServiceSpec | undefined, minor: number): ServiceSpec {
  let spec = next
  const isSame = (field: 'externalTrafficPolicy' | 'allocateLoadBalancerNodePorts') => next[field] === old?.[field]
  if (isOutside(old) && !isOutside(next) && (minor < trafficKeptSince || isSame('externalTrafficPolicy'))) {
    const { externalTrafficPolicy: _policy, ...rest } = spec
    spec = rest
  }
  if (old?.type === 'LoadBalancer' && next.type !== 'LoadBalancer' && isSame('allocateLoadBalancerNodePorts')) {
    const { allocateLoadBalancerNodePorts: _allocate, ...rest } = spec
    spec = rest
  }
  return spec
}

function isOutside(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer'
}

function withoutAddress({ clusterIP: _ip, clusterIPs: _ips, ...rest }: ServiceSpec): ServiceSpec {
  return rest
}

function addressOf({ clusterIP = '', clusterIPs }: ServiceSpec): Pick<ServiceSpec, 'clusterIP' | 'clusterIPs'> {
  return { clusterIP, clusterIPs: clusterIPs ?? [clusterIP] }
}

function withOldPort(port: ServicePort, old: ServiceSpec): ServicePort {
  if (port.nodePort) return port
  const before = old.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)
  return before?.nodePort ? { ...port, nodePort: before.nodePort } : port
}

function withAddress(spec: ServiceSpec, old: ServiceSpec | undefined, pool: ServiceAddressPool): Part {
  const asked = spec.clusterIP || spec.clusterIPs?.[0]
  if (spec.type === 'ExternalName') return { spec, causes: [] }
  if (asked) {
    const known = asked === 'None' || old?.clusterIPs?.includes(asked) || old?.clusterIP === asked || !asked.includes('.')
    const why = known ? undefined : pool.addressProblem(asked)
    const text = `failed to allocated ip:${asked} with error:${why}`
    const causes = why === undefined ? [] : [invalidText('spec.clusterIPs', goValue([asked]), text)]
    return { spec: { ...spec, clusterIP: asked, clusterIPs: spec.clusterIPs ?? [asked] }, causes }
  }
  const ip = pool.freeAddress()
  if (ip === undefined)
    return { spec, causes: [invalidText('spec.clusterIPs', '[]string(nil)', 'failed to allocate a serviceIP: range is full')] }
  return { spec: { ...spec, clusterIP: ip, clusterIPs: [ip] }, causes: [] }
}

function withNodePorts(spec: ServiceSpec, old: ServiceSpec | undefined, pool: ServiceAddressPool): Part {
  if (!needsPorts(spec)) return { spec, causes: [] }
  const own = new Set((old?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []))
  const given = new Set((spec.ports ?? []).flatMap(({ nodePort }) => nodePort || []))
  const causes: StatusCause[] = []
  const ports = (spec.ports ?? []).map((port, i) => {
    const why = port.nodePort && !own.has(port.nodePort) ? pool.portProblem(port.nodePort) : undefined
    if (why !== undefined) causes.push(invalidValue(`spec.ports[${i}].nodePort`, port.nodePort, why))
    const nodePort = port.nodePort || pool.freePort(given)
    if (nodePort === undefined) return port
    given.add(nodePort)
    return { ...port, nodePort }
  })
  return { spec: { ...spec, ports }, causes }
}

function withHealthPort(spec: ServiceSpec, old: ServiceSpec | undefined, pool: ServiceAddressPool): Part {
  const needed = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
  if (!needed) {
    const { healthCheckNodePort, ...rest } = spec
    return { spec: healthCheckNodePort !== undefined && healthCheckNodePort === old?.healthCheckNodePort ? rest : spec, causes: [] }
  }
  const kept = spec.healthCheckNodePort || old?.healthCheckNodePort
  const taken = new Set((spec.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []))
  const port = kept || pool.freePort(taken)
  return { spec: port === undefined ? spec : { ...spec, healthCheckNodePort: port }, causes: [] }
}

function withFamilies(spec: ServiceSpec, minor: number): ServiceSpec {
  if (minor < familiesSince || spec.type === 'ExternalName') return spec
  return { ...spec, ipFamilies: spec.ipFamilies ?? ['IPv4'], ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack' }
}
