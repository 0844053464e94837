import type { HTTPIngressPath, IngressBackend, IngressSpec } from 'kubernetes-types/networking/v1'
import { dnsSubdomainProblem } from '../../../../core/kubernetes/dns-name.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { ipProblem } from './ip-address.ts'
import { portNameProblems, portNumberProblem } from './port-problems.ts'
import { invalidText, problem, unsupportedValue } from './refusal.ts'

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

/** Why an Ingress is refused. Source: Kubernetes API reference, Ingress v1. */
export function ingressProblems({ rules, defaultBackend, ingressClassName }: IngressSpec): readonly StatusCause[] {
  const empty = !rules?.length && !defaultBackend
  return [
    ...(empty ? [invalidText('spec', '[]networking.IngressRule(nil)', 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend ? backendProblems('spec.defaultBackend', defaultBackend) : []),
    ...(rules ?? []).flatMap(({ host, http }, i) => [
      ...(host ? hostProblems(`spec.rules[${i}].host`, host) : []),
      ...(http && !http.paths?.length ? [requiredValue(`spec.rules[${i}].http.paths`)] : []),
      ...(http?.paths ?? []).flatMap((path, p) => pathProblems(`spec.rules[${i}].http.paths[${p}]`, path)),
    ]),
    ...(ingressClassName ? problem('spec.ingressClassName', ingressClassName, dnsSubdomainProblem(ingressClassName)) : []),
  ]
}

function hostProblems(field: string, host: string): readonly StatusCause[] {
  const address = ipProblem(host) === undefined ? [invalidValue(field, host, 'must be a DNS name, not an IP address')] : []
  const name = host.startsWith('*.') ? host.slice(2) : host
  return [...address, ...problem(field, host, dnsSubdomainProblem(name))]
}

function pathProblems(field: string, { path = '', pathType, backend }: HTTPIngressPath): readonly StatusCause[] {
  if (!pathType) return [requiredValue(`${field}.pathType`, 'pathType must be specified')]
  const rooted = path.startsWith('/') || (path === '' && pathType === 'ImplementationSpecific')
  const known = pathTypes.includes(pathType)
  return [
    ...(known && !rooted ? [invalidValue(`${field}.path`, path, 'must be an absolute path')] : []),
    ...(known ? [] : [unsupportedValue(`${field}.pathType`, pathType, pathTypes)]),
    ...backendProblems(`${field}.backend`, backend),
  ]
}

function backendProblems(field: string, { service, resource }: IngressBackend): readonly StatusCause[] {
  if (resource) return service ? [invalidValue(`${field}`, '', 'cannot set both resource and service backends')] : []
  if (!service) return [requiredValue(`${field}`, 'resource or service backend is required')]
  const { name, number } = service.port ?? {}
  const port = `${field}.service.port`
  // The server names the backend here.
  const neither = !name && !number ? [requiredValue(field, 'port name or number is required')] : []
  return [
    ...(service.name ? [] : [requiredValue(`${field}.service.name`)]),
    ...(name ? portNameProblems(name).map((why) => invalidValue(`${port}.name`, name, why)) : []),
    ...(number ? problem(`${port}.number`, number, portNumberProblem(number)) : neither),
  ]
}
