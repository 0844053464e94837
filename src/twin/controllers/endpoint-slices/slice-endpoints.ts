import type { Node, Pod, Service } from 'kubernetes-types/core/v1'
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1'
import { isPodReady } from '../../../core/kubernetes/pod-state.ts'
import { memoOfObject, RowMemo } from '../../object-memo.ts'
import { canServe, hostnameBelow, isHeadless, podIsBefore, publishesNotReady, servedPorts } from '../endpoints/service-pods.ts'

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

/** What one pod gives to the slices of one Service: an endpoint for each address type. */
interface Member {
  readonly minor: number
  /** Of its node; it counts as long as the node is there. */
  readonly zone: string | undefined
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly { readonly key: string; readonly addressType: AddressType; readonly endpoint: Endpoint }[]
}

/** Most pods of a Service are as they were when it was looked at last. */
const members = new RowMemo<Service, Pod, Member>(podIsBefore)

/** What the slices of a Service have to hold. Source: Kubernetes endpointslice controller. */
export function sliceGroups(source: SliceSource): readonly SliceGroup[] {
  const { service, nodeOf, minor } = source
  const groups = new Map<string, { addressType: AddressType; ports: readonly EndpointPort[]; endpoints: Endpoint[] }>()
  const make = (pod: Pod) => memberOf(pod, zoneOf(pod, nodeOf), source)
  const stillHolds = (known: Member, pod: Pod) => known.minor === minor && known.zone === zoneOf(pod, nodeOf)
  for (const { ports, endpoints } of members.get(service, source.pods, { make, stillHolds })) {
    for (const { key, addressType, endpoint } of endpoints) {
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] }
      groups.set(key, group)
      group.endpoints.push(endpoint)
    }
  }
  return [...groups.values()]
}

function memberOf(pod: Pod, zone: string | undefined, { service, minor }: SliceSource): Member {
  const includeTerminating = minor >= terminatingMinor || publishesNotReady(service)
  if (!canServe(pod, { includeTerminating, minor })) return { minor, zone, ports: [], endpoints: [] }
  const ports = slicePorts(service, pod)
  if (ports.length === 0 && !(isHeadless(service) && (service.spec?.ports ?? []).length === 0)) return { minor, zone, ports, endpoints: [] }
  const endpoints = addressTypes(service).flatMap((addressType) => {
    const endpoint = endpointOf(pod, { addressType, zone, service, minor })
    return endpoint === undefined ? [] : [{ key: groupKey(addressType, ports), addressType, endpoint }]
  })
  return { minor, zone, ports, endpoints }
}

function zoneOf({ spec }: Pod, nodeOf: SliceSource['nodeOf']): string | undefined {
  return spec?.nodeName === undefined ? undefined : nodeOf(spec.nodeName)?.metadata?.labels?.[zoneLabel]
}

/** The families of a Service; IPv4 when it does not say. */
export function addressTypes({ spec }: Service): readonly AddressType[] {
  const families = spec?.ipFamilies ?? []
  if (families.length > 0) return families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'))
  return spec?.clusterIP?.includes(':') === true ? ['IPv6'] : ['IPv4']
}

/** Slices are of one group when this is the same. */
export function groupKey(addressType: string, ports: readonly EndpointPort[]): string {
  return `${addressType} ${portsKey(ports)}`
}

/** All versions of a slice share its ports, as long as nobody changes these. */
const portsKey = memoOfObject((ports: readonly EndpointPort[]) => {
  const plain = ports.map(({ name = '', port, protocol = 'TCP', appProtocol = '' }) => [name, port, protocol, appProtocol].join('/'))
  return plain.sort().join(' ')
})

function slicePorts(service: Service, pod: Pod): readonly EndpointPort[] {
  return servedPorts(service, pod).map(({ name, port, protocol, appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }))
}

interface EndpointPlace extends Pick<SliceSource, 'service' | 'minor'> {
  readonly addressType: AddressType
  readonly zone: string | undefined
}

function endpointOf(pod: Pod, { addressType, zone, service, minor }: EndpointPlace): Endpoint | undefined {
  const addresses = addressesOf(pod, addressType)
  if (addresses.length === 0) return undefined
  const { name = '', namespace = '', uid = '', resourceVersion } = pod.metadata ?? {}
  const nodeName = pod.spec?.nodeName
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
  const serving = isPodReady(pod.status)
  const terminating = pod.metadata?.deletionTimestamp !== undefined
  const ready = publishesNotReady(service) || (serving && !terminating)
  return minor < terminatingMinor ? { ready } : { ready, serving, terminating }
}
