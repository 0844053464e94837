import type { PodSpec } from 'kubernetes-types/core/v1'
import type { ObjectMaker } from './object-maker.ts'

/** One application of a generated cluster. */
export interface Application {
  readonly kind: 'Deployment' | 'StatefulSet' | 'Job' | 'Bare'
  readonly name: string
  readonly namespace: string
  readonly replicas: number
  readonly spec: PodSpec
  readonly budget?: { readonly maxUnavailable?: number | string; readonly minAvailable?: number | string }
  /** Of each pod of a StatefulSet. */
  readonly storage?: string
}

const nouns = [
  'orders',
  'cart',
  'search',
  'users',
  'billing',
  'mail',
  'catalog',
  'reports',
  'auth',
  'media',
  'stock',
  'prices',
  'events',
  'ledger',
]
const parts = ['api', 'web', 'worker', 'cache', 'gateway', 'sync', 'indexer', 'proxy']
const stores = ['postgres', 'kafka', 'redis', 'mongo', 'elastic']
const sizes = [1, 2, 2, 3, 3, 3, 4, 6, 8, 12] as const
const requests = [
  { cpu: '25m', memory: '64Mi' },
  { cpu: '50m', memory: '128Mi' },
  { cpu: '100m', memory: '256Mi' },
  { cpu: '150m', memory: '512Mi' },
]
const applicationsPerNamespace = 6

/** The next application, with `left` pods at most; `number` counts from 0. Deployments are seven of ten, the rest databases, Jobs and pods of nobody. */
export function nextApplication(maker: ObjectMaker, number: number, left: number): Application {
  const chance = maker.random()
  const namespace = `team-${Math.floor(number / applicationsPerNamespace) + 1}`
  const replicas = Math.min(left, maker.choose(sizes))
  const common = { namespace, name: `${maker.choose(nouns)}-${maker.choose(parts)}-${number + 1}` }
  if (chance < 0.72) return deployment(maker, { ...common, replicas })
  if (chance < 0.9)
    return statefulSet(maker, {
      ...common,
      name: `${maker.choose(stores)}-${number + 1}`,
      replicas: Math.min(replicas, maker.choose([1, 3, 3, 5])),
    })
  if (chance < 0.98)
    return {
      ...common,
      kind: 'Job',
      name: `${common.name}-run`,
      replicas: 1,
      spec: podSpec(maker, common.name, { restartPolicy: 'Never' }),
    }
  return { ...common, kind: 'Bare', name: `debug-${number + 1}`, replicas: 1, spec: podSpec(maker, common.name) }
}

interface Named {
  readonly name: string
  readonly namespace: string
  readonly replicas: number
}

function deployment(maker: ObjectMaker, named: Named): Application {
  const { replicas } = named
  const probe = { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 2, periodSeconds: 5 }
  const spec = podSpec(maker, named.name, placement(maker, named), probe)
  const budget =
    replicas >= 2 && maker.random() < 0.7
      ? maker.choose([{ maxUnavailable: 1 }, { maxUnavailable: '34%' }, { minAvailable: '50%' }])
      : undefined
  return { ...named, kind: 'Deployment', spec, ...(budget === undefined ? {} : { budget }) }
}

function statefulSet(maker: ObjectMaker, named: Named): Application {
  const spec = podSpec(maker, named.name, { terminationGracePeriodSeconds: 60, affinity: apart(named.name) })
  const budget = named.replicas >= 3 ? { maxUnavailable: 1 } : undefined
  return {
    ...named,
    kind: 'StatefulSet',
    spec,
    storage: maker.choose(['5Gi', '20Gi', '100Gi']),
    ...(budget === undefined ? {} : { budget }),
  }
}

/** Some want their pods on different nodes, some over all zones, most do not care. */
function placement(maker: ObjectMaker, { name, replicas }: Named): Partial<PodSpec> {
  const chance = maker.random()
  if (replicas >= 2 && chance < 0.2) return { affinity: apart(name) }
  if (replicas >= 3 && chance < 0.45) {
    const labelSelector = { matchLabels: { app: name } }
    return {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
      ],
    }
  }
  return {}
}

function apart(app: string): NonNullable<PodSpec['affinity']> {
  const podAffinityTerm = { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' }
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } }
}

function podSpec(maker: ObjectMaker, app: string, fields: Partial<PodSpec> = {}, readinessProbe?: object): PodSpec {
  const container = {
    name: 'app',
    image: `registry.example/${app.replace(/-\d+$/, '')}:${1 + Math.floor(maker.random() * 9)}.${Math.floor(maker.random() * 20)}`,
    ports: [{ containerPort: 8080 }],
    resources: { requests: maker.choose(requests) },
    ...(readinessProbe === undefined ? {} : { readinessProbe }),
  }
  return maker.podSpec({ containers: [container], ...fields })
}
