import type { Container, ContainerPort } from 'kubernetes-types/core/v1'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { repeatedPlaces } from '../../repeated-places.ts'
import { duplicateValue, problem, unsupportedValue } from './refusal.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

/** Why a number may not be that of a port. Source: Kubernetes, apimachinery IsValidPortNum. */
export function portNumberProblem(port: number): string | undefined {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? undefined : 'must be between 1 and 65535, inclusive'
}

/** Why a text may not be the name of a port; there may be several reasons. Source: Kubernetes, apimachinery IsValidPortName. */
export function portNameProblems(name: string): readonly string[] {
  return [
    ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter or number (a-z, 0-9)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(name.startsWith('-') || name.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ]
}

/** Why a port given by number or by name is refused. */
export function portReferenceProblems(field: string, port: number | string | undefined): readonly StatusCause[] {
  if (typeof port === 'string') return portNameProblems(port).map((why) => invalidValue(field, port, why))
  return problem(field, port ?? 0, portNumberProblem(port ?? 0))
}

/** Why a protocol is refused. */
export function protocolProblems(field: string, protocol: string | undefined): readonly StatusCause[] {
  if (!protocol) return [requiredValue(field)]
  return protocols.includes(protocol) ? [] : [unsupportedValue(field, protocol, protocols)]
}

/** Why the ports of a container are refused. */
export function containerPortProblems(field: string, ports: readonly ContainerPort[]): readonly StatusCause[] {
  const repeated = repeatedPlaces(ports, ({ name }) => name)
  return ports.flatMap((port, i) => {
    return [
      ...namedPortProblems(`${field}[${i}].name`, port.name, repeated.has(i)),
      ...numberProblems(`${field}[${i}].containerPort`, port.containerPort),
      ...(port.hostPort ? problem(`${field}[${i}].hostPort`, port.hostPort, portNumberProblem(port.hostPort)) : []),
      ...protocolProblems(`${field}[${i}].protocol`, port.protocol),
    ]
  })
}

function namedPortProblems(field: string, name: string | undefined, taken: boolean): readonly StatusCause[] {
  if (!name) return []
  const why = portNameProblems(name)
  if (why.length > 0) return why.map((one) => invalidValue(field, name, one))
  return taken ? [duplicateValue(field, name)] : []
}

function numberProblems(field: string, port: number | undefined): readonly StatusCause[] {
  return port ? problem(field, port, portNumberProblem(port)) : [requiredValue(field)]
}

/** Why ports of the host are refused: two containers of a pod want the same. */
export function hostPortProblems(field: string, containers: readonly Container[]): readonly StatusCause[] {
  const taken = new Set<string>()
  return containers.flatMap(({ ports = [] }, c) =>
    ports.flatMap(({ protocol, hostIP = '', hostPort }, p) => {
      if (!hostPort) return []
      const wanted = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(wanted)) return [duplicateValue(`${field}[${c}].ports[${p}].hostPort`, wanted)]
      taken.add(wanted)
      return []
    }),
  )
}
