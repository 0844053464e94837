import type { ServicePort, ServiceSpec } from 'kubernetes-types/core/v1'
import { dnsLabelProblem, dnsSubdomainProblem } from '../../../../core/kubernetes/dns-name.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { ipProblem } from './ip-address.ts'
import { labelProblems } from './label-selector-problems.ts'
import { portNumberProblem, portReferenceProblems, protocolProblems } from './port-problems.ts'
import { duplicateValue, goValue, invalidText, problem, unsupportedValue } from './refusal.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const affinities = ['ClientIP', 'None']

/** Why a Service is refused. Source: Kubernetes API reference, Service. */
export function serviceProblems(spec: ServiceSpec, old: ServiceSpec | undefined): readonly StatusCause[] {
  const ports = spec.ports ?? []
  const portless = ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName'
  return [
    ...(old === undefined ? [] : addressChangeProblems(spec, old)),
    ...(portless ? [requiredValue('spec.ports')] : []),
    ...typeProblems(spec),
    ...ports.flatMap((port, i) => portProblems(`spec.ports[${i}]`, port, ports.slice(0, i), ports.length > 1)),
    ...labelProblems('spec.selector', spec.selector),
    ...affinityProblems(spec),
    ...(spec.type === 'ExternalName' ? [] : addressProblems(spec)),
    ...(spec.externalIPs ?? []).flatMap((ip, i) => problem(`spec.externalIPs[${i}]`, ip, ipProblem(ip))),
    ...(types.includes(spec.type ?? '') ? [] : [unsupportedValue('spec.type', spec.type ?? '', types)]),
    ...ports.flatMap((port, i) => nodePortProblems(`spec.ports[${i}]`, port, ports.slice(0, i), spec.type)),
    ...ports.flatMap((port, i) => twicePort(`spec.ports[${i}]`, port, ports.slice(0, i))),
    ...trafficProblems(spec),
  ]
}

/** Whether a Service asks for no address of its own. */
function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None'
}

function typeProblems(spec: ServiceSpec): readonly StatusCause[] {
  switch (spec.type) {
    case 'LoadBalancer':
    case 'NodePort': {
      const why = `may not be set to 'None' for ${spec.type} services`
      return isHeadless(spec) ? [invalidValue('spec.clusterIPs[0]', 'None', why)] : []
    }
    case 'ExternalName':
      return externalNameProblems(spec)
    default:
      return []
  }
}

function externalNameProblems({ externalName = '', clusterIPs }: ServiceSpec): readonly StatusCause[] {
  const name = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName
  return [
    ...(clusterIPs?.length ? [forbiddenValue('spec.clusterIPs', 'may not be set for ExternalName services')] : []),
    ...(name === '' ? [requiredValue('spec.externalName')] : problem('spec.externalName', name, dnsSubdomainProblem(name))),
  ]
}

function portProblems(field: string, port: ServicePort, before: readonly ServicePort[], named: boolean): readonly StatusCause[] {
  const { name = '' } = port
  const taken = name !== '' && before.some((other) => other.name === name)
  return [
    ...(named && name === '' ? [requiredValue(`${field}.name`)] : []),
    ...(name === '' ? [] : problem(`${field}.name`, name, dnsLabelProblem(name))),
    ...(taken ? [duplicateValue(`${field}.name`, name)] : []),
    ...problem(`${field}.port`, port.port ?? 0, portNumberProblem(port.port ?? 0)),
    ...protocolProblems(`${field}.protocol`, port.protocol),
    ...portReferenceProblems(`${field}.targetPort`, port.targetPort),
  ]
}

function nodePortProblems(field: string, { nodePort, protocol }: ServicePort, before: readonly ServicePort[], type: string | undefined) {
  if (!nodePort) return []
  const taken = before.some((other) => other.nodePort === nodePort && other.protocol === protocol)
  return [
    ...(type === 'ClusterIP' ? [forbiddenValue(`${field}.nodePort`, "may not be used when `type` is 'ClusterIP'")] : []),
    ...(taken ? [duplicateValue(`${field}.nodePort`, nodePort)] : []),
  ]
}

function twicePort(field: string, { port, protocol }: ServicePort, before: readonly ServicePort[]): readonly StatusCause[] {
  if (!before.some((other) => other.port === port && other.protocol === protocol)) return []
  const target = 'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}'
  const text = `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, ${target}, NodePort:0}`
  return [{ reason: 'FieldValueDuplicate', message: `Duplicate value: ${text}`, field }]
}

function affinityProblems({ sessionAffinity = '', sessionAffinityConfig }: ServiceSpec): readonly StatusCause[] {
  if (!affinities.includes(sessionAffinity)) return [unsupportedValue('spec.sessionAffinity', sessionAffinity, affinities)]
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds'
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0
  const valid = sessionAffinity === 'None' || (seconds > 0 && seconds <= 86_400)
  return valid ? [] : [invalidValue(field, seconds, 'must be greater than 0 and less than 86400')]
}

function addressProblems({ clusterIP, clusterIPs = [] }: ServiceSpec): readonly StatusCause[] {
  const mismatch = clusterIP && clusterIPs.length > 0 && clusterIPs[0] !== clusterIP
  return [
    ...(mismatch ? [invalidText('spec.clusterIPs', goValue(clusterIPs), 'element [0] must match clusterIP')] : []),
    ...clusterIPs.flatMap((ip, i) => (i === 0 && ip === 'None' ? [] : problem(`spec.clusterIPs[${i}]`, ip, ipProblem(ip)))),
  ]
}

/** An address is settled, but for a Service that comes from or goes to being a mere name. */
function addressChangeProblems(next: ServiceSpec, old: ServiceSpec): readonly StatusCause[] {
  if (next.type === 'ExternalName' || old.type === 'ExternalName') return []
  const [before] = old.clusterIPs ?? []
  const [after] = next.clusterIPs ?? []
  if (before === undefined || before === after) return []
  const why = after === undefined ? 'primary clusterIP can not be unset' : 'may not change once set'
  return [invalidText('spec.clusterIPs[0]', goValue(next.clusterIPs ?? []), why)]
}

function trafficProblems({ type, externalTrafficPolicy: policy, healthCheckNodePort }: ServiceSpec): readonly StatusCause[] {
  const external = type === 'LoadBalancer' || type === 'NodePort'
  const known = !policy || policy === 'Cluster' || policy === 'Local'
  const checked = type === 'LoadBalancer' && policy === 'Local'
  return [
    ...(known ? [] : [invalidValue('spec.externalTrafficPolicy', policy, 'ExternalTrafficPolicy must be empty, Cluster or Local')]),
    ...(policy && !external
      ? [invalidValue('spec.externalTrafficPolicy', policy, 'ExternalTrafficPolicy can only be set on NodePort and LoadBalancer service')]
      : []),
    ...(healthCheckNodePort && !checked
      ? [
          invalidValue(
            'spec.healthCheckNodePort',
            healthCheckNodePort,
            'HealthCheckNodePort can only be set on LoadBalancer service with ExternalTrafficPolicy=Local',
          ),
        ]
      : []),
  ]
}
