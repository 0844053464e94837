import type { DraftObject } from '../../kube-object.ts'
import { changeField, changeItems, type Fields, fill, without } from './json-fields.ts'

const threeHours = 10_800

/**
 * A Service with what the API server fills in, but for what is allocated (addresses and node ports: see `ServiceAddresses`).
 * Source: Kubernetes API reference, Service.
 */
export function serviceDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(draft, 'spec', (spec) => {
    const filled = affinityDefaults(fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' }))
    const external =
      filled.type === 'NodePort' || filled.type === 'LoadBalancer' ? fill(filled, { externalTrafficPolicy: 'Cluster' }) : filled
    const allocating = minor >= 22 && external.type === 'LoadBalancer' ? fill(external, { allocateLoadBalancerNodePorts: true }) : external
    const internal = minor >= 22 && external.type !== 'ExternalName' ? fill(allocating, { internalTrafficPolicy: 'Cluster' }) : allocating
    return changeItems(internal, 'ports', portDefaults)
  })
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
