import { type Json, type KindConversion, mapPart, mapParts } from './kind-conversion.ts'

/** `v1beta1` of `networking.k8s.io` and `extensions`. Source: Kubernetes deprecation guide, Ingress. */
export const ingressV1beta1: KindConversion = {
  toStored: (object) => mapPart(object, 'spec', (spec) => mapPaths(renamed(spec, 'backend', 'defaultBackend', storedBackend), storedPath)),
  toServed: (object) => mapPart(object, 'spec', (spec) => mapPaths(renamed(spec, 'defaultBackend', 'backend', servedBackend), servedPath)),
}

function mapPaths(spec: Json, map: (path: Json) => Json): Json {
  return mapParts(spec, 'rules', (rule) => mapPart(rule, 'http', (http) => mapParts(http, 'paths', map)))
}

function renamed(spec: Json, from: string, to: string, map: (backend: Json) => Json): Json {
  const { [from]: backend, ...rest } = spec
  return backend === undefined ? spec : { ...rest, [to]: map(backend as Json) }
}

function storedPath(path: Json): Json {
  const { backend, pathType = 'ImplementationSpecific', ...rest } = path
  return { ...rest, pathType, ...(backend === undefined ? {} : { backend: storedBackend(backend as Json) }) }
}

function servedPath(path: Json): Json {
  return mapPart(path, 'backend', servedBackend)
}

function storedBackend({ serviceName, servicePort, ...rest }: Json): Json {
  if (serviceName === undefined && servicePort === undefined) return rest
  const port = typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort ?? '' }
  return { ...rest, service: { name: serviceName ?? '', port } }
}

function servedBackend({ service, ...rest }: Json): Json {
  if (service === undefined) return rest
  const { name, port = {} } = service as { name: unknown; port?: { name?: unknown; number?: unknown } }
  return { ...rest, serviceName: name, servicePort: port.name ?? port.number ?? 0 }
}
