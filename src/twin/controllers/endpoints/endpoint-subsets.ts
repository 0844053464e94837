import type { EndpointAddress, EndpointSubset, Pod, Service } from 'kubernetes-types/core/v1'
import { compareText } from '../../../core/compare-text.ts'
import { RowMemo } from '../../object-memo.ts'
import {
  canServe,
  hostnameBelow,
  isHeadless,
  isReadyFor,
  podIsBefore,
  publishesNotReady,
  type ServedPort,
  servedPorts,
} from './service-pods.ts'

/** Since then an endpoint does not name the version of its pod. */
const withoutPodVersionMinor = 22

interface Group {
  readonly ports: readonly ServedPort[]
  readonly ready: Member[]
  readonly notReady: Member[]
}

/** What one pod gives to the Endpoints of one Service. */
interface Member {
  readonly minor: number
  /** `Absent`: nothing. */
  readonly place: 'Ready' | 'NotReady' | 'Absent'
  readonly ports: readonly ServedPort[]
  readonly portsKey: string
  readonly address: EndpointAddress
  /** In order of IPs. */
  readonly sortKey: string
}

/** Most pods of a Service are as they were when it was looked at last. */
const members = new RowMemo<Service, Pod, Member>(podIsBefore)

/**
 * `subsets` of a Service's Endpoints: its pods by the ports that they have in common, addresses in order of their IP.
 * Source: Kubernetes endpoints controller.
 */
export function endpointSubsets(service: Service, pods: readonly Pod[], minor: number): readonly EndpointSubset[] {
  const groups = new Map<string, Group>()
  const make = (pod: Pod) => memberOf(service, pod, minor)
  for (const member of members.get(service, pods, { make, stillHolds: (known) => known.minor === minor })) {
    if (member.place === 'Absent') continue
    const { ports, portsKey } = member
    const group = groups.get(portsKey) ?? { ports, ready: [], notReady: [] }
    groups.set(portsKey, group)
    group[member.place === 'Ready' ? 'ready' : 'notReady'].push(member)
  }
  return [...groups.entries()].sort(([a], [b]) => compareText(a, b)).map(([, group]) => subsetOf(group))
}

function memberOf(service: Service, pod: Pod, minor: number): Member {
  const ready = isReadyFor(service, pod)
  const ports = [...servedPorts(service, pod)].sort((a, b) => compareText(a.name, b.name) || a.port - b.port)
  const withoutPorts = isHeadless(service) && (service.spec?.ports ?? []).length === 0
  const isMember = isEndpoint(pod, { tolerant: publishesNotReady(service), ready, minor }) && (ports.length > 0 || withoutPorts)
  const address = addressOf(service, pod, minor)
  return {
    minor,
    place: isMember ? (ready ? 'Ready' : 'NotReady') : 'Absent',
    ports,
    portsKey: JSON.stringify(ports),
    address,
    sortKey: `${sortableIp(address.ip)} ${address.targetRef?.uid ?? ''}`,
  }
}

/** A pod that is ready, or tolerated, is one even when it has ended; until 1.22. */
function isEndpoint(pod: Pod, { tolerant, ready, minor }: { tolerant: boolean; ready: boolean; minor: number }): boolean {
  if (canServe(pod, { includeTerminating: tolerant, minor })) return true
  const { podIP = '' } = pod.status ?? {}
  return minor < withoutPodVersionMinor && ready && podIP !== '' && (tolerant || pod.metadata?.deletionTimestamp === undefined)
}

function addressOf(service: Service, { metadata, spec, status }: Pod, minor: number): EndpointAddress {
  const hostname = hostnameBelow(service, { metadata, spec } as Pod)
  const version = metadata?.resourceVersion
  return {
    ...(hostname === undefined ? {} : { hostname }),
    ip: status?.podIP ?? '',
    ...(spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    targetRef: {
      kind: 'Pod',
      name: metadata?.name ?? '',
      namespace: metadata?.namespace ?? '',
      ...(minor < withoutPodVersionMinor && version !== undefined ? { resourceVersion: version } : {}),
      uid: metadata?.uid ?? '',
    },
  }
}

function subsetOf({ ports, ready, notReady }: Group): EndpointSubset {
  return {
    ...(ready.length === 0 ? {} : { addresses: byAddress(ready) }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: byAddress(notReady) }),
    ...(ports.length === 0 ? {} : { ports: ports.map(portOf) }),
  }
}

function portOf({ name, port, protocol, appProtocol }: ServedPort) {
  return { port, protocol, ...(name === '' ? {} : { name }), ...(appProtocol === undefined ? {} : { appProtocol }) }
}

function byAddress(found: readonly Member[]): EndpointAddress[] {
  return [...found].sort((a, b) => compareText(a.sortKey, b.sortKey)).map(({ address }) => address)
}

/** Numbers of equal width, so that 10.0.0.9 comes before 10.0.0.10. */
function sortableIp(ip: string): string {
  return ip.includes(':')
    ? ip
    : ip
        .split('.')
        .map((part) => part.padStart(3, '0'))
        .join('.')
}
