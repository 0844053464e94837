import type { SandboxObject } from './sandbox-cluster.ts'

type Labels = Readonly<Record<string, string>>

interface At {
  readonly name: string
  readonly namespace: string
}

/** A Deployment whose pods have the label `app: NAME`. */
export function deployment(at: At, replicas: number, podSpec: object, more: object = {}): SandboxObject {
  const labels = labelsOf(at.name)
  const template = { metadata: { labels }, spec: podSpec }
  return {
    resource: 'deployments.apps',
    draft: { metadata: { ...at, labels }, spec: { replicas, selector: selectorOf(at.name), template, ...more } },
  }
}

/** A Service for the pods with the label `app: NAME`. */
export function service(at: At, port: number, targetPort: number, more: object = {}): SandboxObject {
  return {
    resource: 'services',
    draft: {
      metadata: { ...at, labels: labelsOf(at.name) },
      spec: { selector: labelsOf(at.name), ports: [{ port, targetPort }], ...more },
    },
  }
}

/** A PodDisruptionBudget for the pods with the label `app: NAME`. */
export function budget(at: At, limit: object): SandboxObject {
  return { resource: 'poddisruptionbudgets.policy', draft: { metadata: at, spec: { selector: selectorOf(at.name), ...limit } } }
}

interface ContainerWish {
  readonly name: string
  readonly image: string
  readonly cpu: string
  readonly memory: string
  readonly port?: number
}

/** A container that asks for what it may use of memory; with a port it is ready when that answers. */
export function container({ name, image, cpu, memory, port }: ContainerWish) {
  const resources = { requests: { cpu, memory }, limits: { memory } }
  if (port === undefined) return { name, image, resources }
  const readinessProbe = { tcpSocket: { port }, periodSeconds: 1 }
  return { name, image, resources, ports: [{ containerPort: port }], readinessProbe }
}

/** A term of anti-affinity: no two pods of an app on one node. */
export function apart(app: string) {
  return { topologyKey: 'kubernetes.io/hostname', labelSelector: selectorOf(app) }
}

export function labelsOf(app: string): Labels {
  return { app }
}

export function selectorOf(app: string) {
  return { matchLabels: labelsOf(app) }
}
