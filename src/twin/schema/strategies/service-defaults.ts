import type { DraftObject } from '../../kube-object.ts'
import { changeField, changeItems, type Fields, fill, without } from './json-fields.ts'

const threeHours = 10_800

/**
 * A Service with what the API server fills in, but for what is allocated (addresses and node ports: see `ServiceAddresses`).
 * Source: Kubernetes API reference, Service.
 */
export function serviceDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(draft, 'spec', (spec) => {
    const filled = affinityDefaults(fill(withAddressList(spec, minor), { sessionAffinity: 'None', type: 'ClusterIP' }))
    const external =
      filled.type === 'NodePort' || filled.type === 'LoadBalancer' ? fill(filled, { externalTrafficPolicy: 'Cluster' }) : filled
    const allocating = minor >= 22 && external.type === 'LoadBalancer' ? fill(external, { allocateLoadBalancerNodePorts: true }) : external
    const internal = minor >= 22 && external.type !== 'ExternalName' ? fill(allocating, { internalTrafficPolicy: 'Cluster' }) : allocating
    return changeItems(internal, 'ports', portDefaults)
  })
}

/** Since 1.20 a Service has a list of addresses, of which the one it had before is the first. */
function withAddressList(spec: Fields, minor: number): Fields {
  return minor >= 20 && spec.clusterIP && spec.clusterIPs === undefined ? { ...spec, clusterIPs: [spec.clusterIP] } : spec
}

function affinityDefaults(spec: Fields): Fields {
  if (spec.sessionAffinity === 'None') return without(spec, ['sessionAffinityConfig'])
  if (spec.sessionAffinity !== 'ClientIP') return spec
  return changeField(fill(spec, { sessionAffinityConfig: {} }), 'sessionAffinityConfig', (config) =>
    changeField(fill(config, { clientIP: {} }), 'clientIP', (clientIp) => fill(clientIp, { timeoutSeconds: threeHours })),
  )
}

function portDefaults(port: Fields): Fields {
  const filled = fill(port, { protocol: 'TCP' })
  return filled.targetPort ? filled : { ...filled, targetPort: filled.port }
}
