import type { Node } from 'kubernetes-types/core/v1'
import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { as } from '../../kube-object.ts'
import { changeAt, fill } from './json-fields.ts'
import { nodeDefaults } from './small-kind-defaults.ts'
import { nodeProblems } from './validation/node-problems.ts'

const unknownSystem = {
  architecture: '',
  bootID: '',
  containerRuntimeVersion: '',
  kernelVersion: '',
  kubeProxyVersion: '',
  kubeletVersion: '',
  machineID: '',
  operatingSystem: '',
  osImage: '',
  systemUUID: '',
}

/** Nodes: whoever creates one (a kubelet) says its status at once. */
export const nodeStrategy: ResourceStrategy = {
  defaults: nodeDefaults,
  validate: (next, old, { minor }) => nodeProblems(as<Node>(next), old && as<Node>(old), minor),
  prepare(next, old) {
    if (old !== undefined) return next
    const status = fill(next, { spec: {}, status: {} })
    const reported = changeAt(status, ['status'], (fields) =>
      fill(fields, { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: unknownSystem }),
    )
    return changeAt(reported, ['status', 'nodeInfo'], (info) => fill(info, unknownSystem))
  },
}
