import { isJsonObject, type JsonObject } from '../../api/patch/json-object.ts'
import { type KindConversion, mapParts } from './kind-conversion.ts'

const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

/** `discovery.k8s.io/v1beta1`: node and zone stand in the topology of an endpoint. Source: Kubernetes deprecation guide, EndpointSlice. */
export const endpointSliceV1beta1: KindConversion = {
  toStored: (slice) => mapParts(slice, 'endpoints', storedEndpoint),
  toServed: (slice) => mapParts(slice, 'endpoints', servedEndpoint),
}

function storedEndpoint({ topology, ...rest }: JsonObject): JsonObject {
  if (!isJsonObject(topology)) return rest
  const { [hostname]: nodeName, [zone]: zoneName, ...others } = topology
  return {
    ...rest,
    ...(rest.nodeName === undefined && nodeName !== undefined ? { nodeName } : {}),
    ...(zoneName === undefined ? {} : { zone: zoneName }),
    ...(Object.keys(others).length === 0 ? {} : { deprecatedTopology: others }),
  }
}

function servedEndpoint({ zone: zoneName, deprecatedTopology, ...rest }: JsonObject): JsonObject {
  const topology = {
    ...(isJsonObject(deprecatedTopology) ? deprecatedTopology : {}),
    ...(rest.nodeName === undefined ? {} : { [hostname]: rest.nodeName }),
    ...(zoneName === undefined ? {} : { [zone]: zoneName }),
  }
  return Object.keys(topology).length === 0 ? rest : { ...rest, topology }
}
