import { containerDefaults } from './container-defaults.ts'
import { changeItems, type Fields, fill } from './json-fields.ts'
import { canonicalResources } from './resource-quantities.ts'
import { volumeDefaults } from './volume-defaults.ts'

const always = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
}

/** The spec of a pod or of a pod template with what the API server fills in. Source: Kubernetes API reference, PodSpec. */
export function podSpecDefaults(spec: Fields, minor: number): Fields {
  let filled = withServiceAccountAlias(fill(spec, always))
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    filled = changeItems(filled, list, (container) => canonicalResources(containerDefaults(container, minor)))
  }
  if (filled.hostNetwork === true) {
    filled = changeItems(changeItems(filled, 'containers', withHostPorts), 'initContainers', withHostPorts)
  }
  return changeItems(filled, 'volumes', volumeDefaults)
}

/** `serviceAccount` is the old name of `serviceAccountName`; the server keeps both alike. */
function withServiceAccountAlias(spec: Fields): Fields {
  const name = spec.serviceAccountName ?? spec.serviceAccount
  if (name === undefined || (spec.serviceAccount === name && spec.serviceAccountName === name)) return spec
  return { ...spec, serviceAccount: name, serviceAccountName: name }
}

/** On the host's network a port of the container is a port of the host. */
function withHostPorts(container: Fields): Fields {
  return changeItems(container, 'ports', (port) =>
    port.hostPort === undefined || port.hostPort === 0 ? { ...port, hostPort: port.containerPort } : port,
  )
}
