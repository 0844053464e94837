import type { JsonObject } from '../../api/patch/json-object.ts'
import { type KindConversion, mapPart, mapParts } from './kind-conversion.ts'

/** `v1beta1` of `networking.k8s.io` and `extensions`. Source: Kubernetes deprecation guide, Ingress. */
export const ingressV1beta1: KindConversion = {
  toStored: (object) => mapPart(object, 'spec', (spec) => mapPaths(renamed(spec, 'backend', 'defaultBackend', storedBackend), storedPath)),
  toServed: (object) => mapPart(object, 'spec', (spec) => mapPaths(renamed(spec, 'defaultBackend', 'backend', servedBackend), servedPath)),
}

function mapPaths(spec: JsonObject, map: (path: JsonObject) => JsonObject): JsonObject {
  return mapParts(spec, 'rules', (rule) => mapPart(rule, 'http', (http) => mapParts(http, 'paths', map)))
}

function renamed(spec: JsonObject, from: string, to: string, map: (backend: JsonObject) => JsonObject): JsonObject {
  const { [from]: backend, ...rest } = spec
  return backend === undefined ? spec : { ...rest, [to]: map(backend as JsonObject) }
}

function storedPath(path: JsonObject): JsonObject {
  const { backend, pathType = 'ImplementationSpecific', ...rest } = path
  return { ...rest, pathType, ...(backend === undefined ? {} : { backend: storedBackend(backend as JsonObject) }) }
}

function servedPath(path: JsonObject): JsonObject {
  return mapPart(path, 'backend', servedBackend)
}

function storedBackend({ serviceName, servicePort, ...rest }: JsonObject): JsonObject {
  if (serviceName === undefined && servicePort === undefined) return rest
  const port = typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort ?? '' }
  return { ...rest, service: { name: serviceName ?? '', port } }
}

function servedBackend({ service, ...rest }: JsonObject): JsonObject {
  if (service === undefined) return rest
  const { name, port = {} } = service as { name: unknown; port?: { name?: unknown; number?: unknown } }
  return { ...rest, serviceName: name, servicePort: port.name ?? port.number ?? 0 }
}
