/** Objects that cases are made of, as short as they can be. */
type Fields = Readonly<Record<string, unknown>>

const named = (name: string, metadata: Fields = {}) => ({ name, ...metadata })

export const configMap = (name: string, data: Fields = { key: 'value' }, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: named(name, metadata),
  data,
})

const container = { name: 'main', image: 'registry.k8s.io/pause:3.9' }

export const podSpec = (spec: Fields = {}) => ({ containers: [container], terminationGracePeriodSeconds: 1, ...spec })

export const pod = (name: string, spec: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: named(name, metadata),
  spec: podSpec(spec),
})

/** A pod that no node takes: what is asked of it is not mixed with what kubelets do. */
export const idlePod = (name: string, spec: Fields = {}, metadata: Fields = {}) => pod(name, { schedulerName: 'nobody', ...spec }, metadata)

export const service = (name: string, spec: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
})

export const podTemplate = (app: string, spec: Fields = {}, metadata: Fields = {}) => ({
  metadata: { labels: { app }, ...metadata },
  spec: podSpec(spec),
})

function workload(kind: string, name: string, spec: Fields) {
  const { template = podTemplate(name), metadata = {}, ...more } = spec
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: named(name, metadata as Fields),
    spec: { selector: { matchLabels: { app: name } }, template, ...more },
  }
}

export const deployment = (name: string, spec: Fields = {}) => workload('Deployment', name, spec)
export const replicaSet = (name: string, spec: Fields = {}) => workload('ReplicaSet', name, spec)
export const daemonSet = (name: string, spec: Fields = {}) => workload('DaemonSet', name, spec)
export const statefulSet = (name: string, spec: Fields = {}) => workload('StatefulSet', name, { serviceName: name, ...spec })

export const job = (name: string, spec: Fields = {}, template: Fields = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: { metadata: template, spec: podSpec({ restartPolicy: 'Never' }) }, ...spec },
})

export const budget = (name: string, spec: Fields) => ({
  apiVersion: 'policy/v1beta1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, ...spec },
})

/** What the kubelets of both sides read: how a pod's containers go. */
export const course = (settings: Readonly<Record<string, string>>) => ({
  annotations: Object.fromEntries(Object.entries(settings).map(([name, value]) => [`twin.falkirk.dev/${name}`, value])),
})

export const eviction = (name: string, deleteOptions?: Fields) => ({
  apiVersion: 'policy/v1beta1',
  kind: 'Eviction',
  metadata: { name, namespace: '{ns}' },
  ...(deleteOptions === undefined ? {} : { deleteOptions }),
})
