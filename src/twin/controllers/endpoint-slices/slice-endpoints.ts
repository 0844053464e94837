import type { Node, Pod, Service } from 'kubernetes-types/core/v1'
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1'
import { isReady } from '../endpoints/selected-by-services.ts'
import { canServe, hostnameBelow, isHeadless, publishesNotReady, servedPorts } from '../endpoints/service-pods.ts'

/** Since then endpoints say whether they serve and whether they end, and pods that end are among them. */
const terminatingMinor = 22
/** Since then an endpoint does not name the version of its pod. */
const withoutPodVersionMinor = 22
const zoneLabel = 'topology.kubernetes.io/zone'

export type AddressType = 'IPv4' | 'IPv6'

/** Endpoints of one address type whose pods have the same ports: what can share a slice. */
export interface SliceGroup {
  readonly addressType: AddressType
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

export interface SliceSource {
  readonly service: Service
  readonly pods: readonly Pod[]
  readonly nodeOf: (name: string) => Node | undefined
  readonly minor: number
}

/** What the slices of a Service have to hold. Source: Kubernetes endpointslice controller. */
export function sliceGroups(source: SliceSource): readonly SliceGroup[] {
  const { service, minor } = source
  const groups = new Map<string, { addressType: AddressType; ports: readonly EndpointPort[]; endpoints: Endpoint[] }>()
  const includeTerminating = minor >= terminatingMinor || publishesNotReady(service)
  for (const pod of source.pods.filter((one) => canServe(one, { includeTerminating, minor }))) {
    const ports = slicePorts(service, pod)
    if (ports.length === 0 && !(isHeadless(service) && (service.spec?.ports ?? []).length === 0)) continue
    for (const addressType of addressTypes(service)) {
      const endpoint = endpointOf(pod, addressType, source)
      if (endpoint === undefined) continue
      const key = groupKey(addressType, ports)
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] }
      groups.set(key, group)
      group.endpoints.push(endpoint)
    }
  }
  return [...groups.values()]
}

/** The families of a Service; IPv4 when it does not say. */
export function addressTypes({ spec }: Service): readonly AddressType[] {
  const families = spec?.ipFamilies ?? []
  if (families.length > 0) return families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'))
  return spec?.clusterIP?.includes(':') === true ? ['IPv6'] : ['IPv4']
}

/** Slices are of one group when this is the same. */
export function groupKey(addressType: string, ports: readonly EndpointPort[]): string {
  const plain = ports.map(({ name = '', port, protocol = 'TCP', appProtocol = '' }) => [name, port, protocol, appProtocol].join('/'))
  return `${addressType} ${plain.sort().join(' ')}`
}

function slicePorts(service: Service, pod: Pod): readonly EndpointPort[] {
  return servedPorts(service, pod).map(({ name, port, protocol, appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }))
}

function endpointOf(pod: Pod, addressType: AddressType, { service, nodeOf, minor }: SliceSource): Endpoint | undefined {
  const addresses = addressesOf(pod, addressType)
  if (addresses.length === 0) return undefined
  const { name = '', namespace = '', uid = '', resourceVersion } = pod.metadata ?? {}
  const nodeName = pod.spec?.nodeName
  const zone = nodeName === undefined ? undefined : nodeOf(nodeName)?.metadata?.labels?.[zoneLabel]
  const hostname = hostnameBelow(service, pod)
  return {
    addresses: [...addresses],
    conditions: conditionsOf(service, pod, minor),
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    targetRef: {
      kind: 'Pod',
      name,
      namespace,
      ...(minor < withoutPodVersionMinor && resourceVersion !== undefined ? { resourceVersion } : {}),
      uid,
    },
    ...(zone === undefined ? {} : { zone }),
  }
}

function addressesOf({ status }: Pod, addressType: AddressType): readonly string[] {
  const all = status?.podIPs?.map(({ ip }) => ip ?? '') ?? [status?.podIP ?? '']
  return all.filter((ip) => ip !== '' && (ip.includes(':') ? 'IPv6' : 'IPv4') === addressType)
}

/** `ready` is never true of a pod that ends, unless the Service publishes those that are not ready. */
function conditionsOf(service: Service, pod: Pod, minor: number): NonNullable<Endpoint['conditions']> {
  const serving = isReady(pod)
  const terminating = pod.metadata?.deletionTimestamp !== undefined
  const ready = publishesNotReady(service) || (serving && !terminating)
  return minor < terminatingMinor ? { ready } : { ready, serving, terminating }
}
