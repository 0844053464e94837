import type { Container, HTTPGetAction, LifecycleHandler, Probe } from 'kubernetes-types/core/v1'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { portReferenceProblems } from './port-problems.ts'
import { negativeProblems, unsupportedValue } from './refusal.ts'

const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const
const httpHeader = /^[-A-Za-z0-9]+$/

/** Why the probes of a container are refused, in the order in which the API server looks at them. */
export function livenessProblems(field: string, container: Container): readonly StatusCause[] {
  return (['livenessProbe', 'startupProbe'] as const).flatMap((name) => {
    const probe = container[name]
    if (!probe) return []
    const once =
      probe.successThreshold === 1 ? [] : [invalidValue(`${field}.${name}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')]
    return [...probeProblems(`${field}.${name}`, probe), ...once]
  })
}

/** Why a probe is refused; nothing when there is none. */
export function probeProblems(field: string, probe: Probe | null | undefined): readonly StatusCause[] {
  if (!probe) return []
  return [...handlerProblems(field, probe), ...counts.flatMap((name) => negativeProblems(`${field}.${name}`, probe[name]))]
}

/** Why what shall happen after the start or before the end of a container is refused. */
export function lifecycleProblems(field: string, { lifecycle }: Container): readonly StatusCause[] {
  return (['postStart', 'preStop'] as const).flatMap((name) =>
    lifecycle?.[name] ? handlerProblems(`${field}.lifecycle.${name}`, lifecycle[name]) : [],
  )
}

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>

function handlerProblems(field: string, handler: Handler): readonly StatusCause[] {
  const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((name) => handler[name])
  if (given.length === 0) return [requiredValue(field, 'must specify a handler type')]
  return given.flatMap((name, i) =>
    i > 0 ? [forbiddenValue(`${field}.${name}`, 'may not specify more than 1 handler type')] : actionProblems(field, name, handler),
  )
}

function actionProblems(field: string, name: keyof Handler, handler: Handler): readonly StatusCause[] {
  switch (name) {
    case 'exec':
      return handler.exec?.command?.length ? [] : [requiredValue(`${field}.exec.command`)]
    case 'httpGet':
      return handler.httpGet ? httpGetProblems(`${field}.httpGet`, handler.httpGet) : []
    case 'tcpSocket':
      return portReferenceProblems(`${field}.tcpSocket.port`, handler.tcpSocket?.port)
    case 'grpc':
      return portReferenceProblems(`${field}.grpc.port`, handler.grpc?.port)
    case 'sleep':
      return []
  }
}

function httpGetProblems(field: string, { path, port, scheme, httpHeaders }: HTTPGetAction): readonly StatusCause[] {
  const invalidHeader =
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
  return [
    ...(path ? [] : [requiredValue(`${field}.path`)]),
    ...portReferenceProblems(`${field}.port`, port),
    ...(scheme === 'HTTP' || scheme === 'HTTPS' ? [] : [unsupportedValue(`${field}.scheme`, scheme ?? '', ['HTTP', 'HTTPS'])]),
    ...(httpHeaders ?? []).flatMap(({ name }) =>
      httpHeader.test(name) ? [] : [invalidValue(`${field}.httpHeaders`, name, invalidHeader)],
    ),
  ]
}
