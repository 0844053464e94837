import type { DraftObject } from '../src/twin/kube-object.ts'
import { type SandboxCluster, type SandboxClusterOptions, type SandboxObject, sandboxMachine } from '../src/twin/load/sandbox-cluster.ts'
import { apart, budget, container, deployment, labelsOf, selectorOf, service } from '../src/twin/load/workload-drafts.ts'

const general = ['web', 'catalog', 'cart', 'checkout', 'search', 'login', 'payment', 'mail'] as const
const workers = ['thumbnails', 'invoices', 'exports', 'feeds', 'reviews', 'newsletter', 'ranking', 'stock'] as const

const part = { 'app.kubernetes.io/part-of': 'shop' }
/** So that one sees a drain wait for the next pod to serve. */
const slowStart = { 'twin.falkirk.dev/ready-seconds': '4' }

/**
 * Three servers and two pools of seven nodes with the services of a shop. Each service of it is one pod, so that batches may grow; one budget over all
 * of them lets two be away at a time.
 */
export function shopCluster(options: SandboxClusterOptions): SandboxCluster {
  const machines = (prefix: string, count: number, subnet: number, pool?: string) =>
    Array.from({ length: count }, (_, index) =>
      sandboxMachine(options, { name: `${prefix}-${index + 1}`, index, subnet, ...(pool === undefined ? {} : { pool }) }),
    )
  return {
    machines: [...machines('server', 3, 0), ...machines('worker', 7, 1, 'general'), ...machines('jobs', 7, 2, 'jobs')],
    objects: [
      ...['shop', 'jobs', 'ingress'].map((name) => ({ resource: 'namespaces', draft: { metadata: { name } } })),
      ...general.flatMap(shopService),
      shopBudget(),
      ...workers.map(queueWorker),
      ...ingress(),
      logAgent(),
    ],
  }
}

function shopService(name: string): readonly SandboxObject[] {
  const at = { name, namespace: 'shop' }
  const spec = {
    nodeSelector: { pool: 'general' },
    terminationGracePeriodSeconds: 15,
    topologySpreadConstraints: [spreadOver('kubernetes.io/hostname', part)],
    containers: [container({ name, image: `registry.example.com/shop/${name}:2.4`, cpu: '500m', memory: '512Mi', port: 8080 })],
  }
  return [withTemplate(deployment(at, 1, spec), { labels: { ...labelsOf(name), ...part }, annotations: slowStart }), service(at, 80, 8080)]
}

/** Six of eight have to serve. */
function shopBudget(): SandboxObject {
  const metadata = { name: 'shop', namespace: 'shop' }
  return { resource: 'poddisruptionbudgets.policy', draft: { metadata, spec: { selector: { matchLabels: part }, maxUnavailable: 2 } } }
}

function queueWorker(name: string): SandboxObject {
  const at = { name, namespace: 'jobs' }
  const spec = {
    nodeSelector: { pool: 'jobs' },
    topologySpreadConstraints: [spreadOver('kubernetes.io/hostname', { queue: 'shop' })],
    containers: [container({ name, image: `registry.example.com/jobs/${name}:2.4`, cpu: '1', memory: '1Gi' })],
  }
  return withTemplate(deployment(at, 1, spec), { labels: { ...labelsOf(name), queue: 'shop' } })
}

/** One on each server, where the addresses are: a pod whose server is drained has no other place, and waits until that is back. */
function ingress(): readonly SandboxObject[] {
  const at = { name: 'nginx', namespace: 'ingress' }
  const spec = {
    nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart('nginx')] } },
    containers: [
      container({ name: 'nginx', image: 'registry.k8s.io/ingress-nginx/controller:v1.12.1', cpu: '250m', memory: '256Mi', port: 80 }),
    ],
  }
  return [deployment(at, 3, spec), service(at, 80, 80), budget(at, { minAvailable: 2 })]
}

function logAgent(): SandboxObject {
  const template = {
    metadata: { labels: labelsOf('log-agent') },
    spec: {
      tolerations: [{ operator: 'Exists' }],
      containers: [container({ name: 'agent', image: 'fluent/fluent-bit:3.2', cpu: '50m', memory: '64Mi' })],
    },
  }
  return {
    resource: 'daemonsets.apps',
    draft: { metadata: { name: 'log-agent', namespace: 'kube-system' }, spec: { selector: selectorOf('log-agent'), template } },
  }
}

function spreadOver(topologyKey: string, labels: Readonly<Record<string, string>>): object {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: labels } }
}

function withTemplate({ resource, draft }: SandboxObject, metadata: object): SandboxObject {
  const spec = draft.spec as { readonly template: object }
  return { resource, draft: { ...draft, spec: { ...spec, template: { ...spec.template, metadata } } } as DraftObject }
}
