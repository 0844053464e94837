import type { Endpoints, LoadBalancerStatus, Service, ServicePort } from 'kubernetes-types/core/v1'
import type { EndpointSlice } from 'kubernetes-types/discovery/v1'
import type { Ingress, IngressClass, IngressRule, NetworkPolicy } from 'kubernetes-types/networking/v1'
import { sinceText } from './human-duration.ts'
import { ageColumn, labelsText, nameColumn, printer, shown, textOr, wide } from './table-column.ts'
import { selectorCell } from './workload-tables.ts'

const most = 3

/** Source: Kubernetes, pkg/printers printService. */
export const serviceTable = printer<Service>(
  [nameColumn, shown('Type'), shown('Cluster-IP'), shown('External-IP'), shown('Port(s)'), ageColumn, wide('Selector')],
  (service, { nowMs }) => [
    service.metadata?.name ?? '',
    service.spec?.type ?? '',
    textOr(service.spec?.clusterIPs?.[0] ?? service.spec?.clusterIP, '<none>'),
    externalAddress(service),
    textOr((service.spec?.ports ?? []).map(portText).join(','), '<none>'),
    sinceText(service.metadata?.creationTimestamp, nowMs),
    labelsText(service.spec?.selector),
  ],
)

function externalAddress({ spec, status }: Service): string {
  const external = spec?.externalIPs ?? []
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return textOr(external.join(','), '<none>')
    case 'LoadBalancer':
      return textOr([...balancerAddresses(status?.loadBalancer), ...external].join(','), '<pending>')
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

/** Of a Service or an Ingress, sorted, each once. */
function balancerAddresses(status: LoadBalancerStatus | undefined): readonly string[] {
  const addresses = (status?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || [])
  return [...new Set(addresses)].sort()
}

function portText({ port, nodePort, protocol }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol ?? ''}` : `${port}/${protocol ?? ''}`
}

/** Source: Kubernetes, pkg/printers printEndpoints. */
export const endpointsTable = printer<Endpoints>([nameColumn, shown('Endpoints'), ageColumn], (endpoints, { nowMs }) => [
  endpoints.metadata?.name ?? '',
  endpointAddresses(endpoints),
  sinceText(endpoints.metadata?.creationTimestamp, nowMs),
])

function endpointAddresses({ subsets }: Endpoints): string {
  if (!subsets || subsets.length === 0) return '<none>'
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0 ? addresses.map(({ ip }) => ip) : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
  )
  return andMore(all)
}

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

function andMore(all: readonly string[]): string {
  const text = all.slice(0, most).join(',')
  return all.length > most ? `${text} + ${all.length - most} more...` : text
}

/** Source: Kubernetes, pkg/printers printEndpointSlice. */
export const endpointSliceTable = printer<EndpointSlice>(
  [nameColumn, shown('AddressType'), shown('Ports'), shown('Endpoints'), ageColumn],
  ({ metadata, addressType, ports, endpoints }, { nowMs }) => [
    metadata?.name ?? '',
    addressType,
    textOr(andMore((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*'))), '<unset>'),
    textOr(andMore((endpoints ?? []).flatMap(({ addresses }) => addresses)), '<unset>'),
    sinceText(metadata?.creationTimestamp, nowMs),
  ],
)

/** Source: Kubernetes, pkg/printers printIngress. */
export const ingressTable = printer<Ingress>(
  [nameColumn, shown('Class'), shown('Hosts'), shown('Address'), shown('Ports'), ageColumn],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    spec?.ingressClassName ?? '<none>',
    hosts(spec?.rules ?? []),
    balancerAddresses(status?.loadBalancer as LoadBalancerStatus | undefined).join(','),
    (spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    sinceText(metadata?.creationTimestamp, nowMs),
  ],
)

function hosts(rules: readonly IngressRule[]): string {
  const named = rules.flatMap(({ host }) => host || [])
  if (named.length === 0) return '*'
  const text = named.slice(0, most).join(',')
  return rules.length > most && named.length >= most ? `${text} + ${rules.length - most} more...` : text
}

/** Source: Kubernetes, pkg/printers printIngressClass. */
export const ingressClassTable = printer<IngressClass>(
  [nameColumn, shown('Controller'), shown('Parameters'), ageColumn],
  ({ metadata, spec }, { nowMs }) => {
    const parameters = spec?.parameters
    const kind = parameters?.apiGroup ? `${parameters.kind}.${parameters.apiGroup}` : parameters?.kind
    return [
      metadata?.name ?? '',
      spec?.controller ?? '',
      parameters === undefined ? '<none>' : `${kind}/${parameters.name}`,
      sinceText(metadata?.creationTimestamp, nowMs),
    ]
  },
)

/** Source: Kubernetes, pkg/printers printNetworkPolicy. */
export const networkPolicyTable = printer<NetworkPolicy>(
  [nameColumn, shown('Pod-Selector'), ageColumn],
  ({ metadata, spec }, { nowMs }) => [metadata?.name ?? '', selectorCell(spec?.podSelector), sinceText(metadata?.creationTimestamp, nowMs)],
)
