import type { Container, Node, Pod, PodAffinityTerm, PodSpec } from 'kubernetes-types/core/v1'

/** Nodes, and pods in the order in which they are to be scheduled. */
export interface GeneratedCluster {
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
}

type Random = () => number

const zone = 'topology.kubernetes.io/zone'
const host = 'kubernetes.io/hostname'
const apps = ['a', 'b', 'c'] as const
const pools = ['x', 'y'] as const

/** Two to five nodes that differ, three to seven pods that want something of them: each filter has its say, often several at once. */
export function generatedCluster(name: string, random: Random): GeneratedCluster {
  const nodes = Array.from({ length: 2 + below(random, 4) }, (_, i) => node(`${name}-n${i}`, random))
  const pods = Array.from({ length: 3 + below(random, 5) }, (_, i) => pod(`${name}-p${i}`, `${name}-n0`, random))
  return { nodes, pods }
}

function node(name: string, random: Random): Node {
  const chance = (part: number) => random() < part
  const allocatable = {
    cpu: `${500 + below(random, 3000)}m`,
    memory: `${512 + below(random, 3000)}Mi`,
    pods: String(1 + below(random, 5)),
    'ephemeral-storage': '10Gi',
    ...(chance(0.3) ? { 'example.com/gpu': String(below(random, 3)) } : {}),
  }
  const taints = [
    ...(chance(0.15) ? [{ key: 'dedicated', value: pick(random, ['db', 'web']), effect: 'NoSchedule' }] : []),
    ...(chance(0.1) ? [{ key: 'soft', effect: 'PreferNoSchedule' }] : []),
    ...(chance(0.05) ? [{ key: 'gone', effect: 'NoExecute' }] : []),
  ]
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        [host]: name,
        ...(chance(0.85) ? { [zone]: pick(random, ['a', 'b', 'c']) } : {}),
        ...(chance(0.5) ? { pool: pick(random, pools) } : {}),
        ...(chance(0.5) ? { cpus: String(below(random, 10)) } : {}),
      },
    },
    spec: { taints, ...(chance(0.12) ? { unschedulable: true } : {}) },
    status: { allocatable, capacity: allocatable, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }] },
  }
}

function pod(name: string, aNode: string, random: Random): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: pick(random, apps) } },
    spec: {
      terminationGracePeriodSeconds: 0,
      ...containers(random),
      ...placement(aNode, random),
    },
  }
}

function containers(random: Random): Pick<PodSpec, 'containers' | 'initContainers'> {
  const chance = (part: number) => random() < part
  const gpu = chance(0.08) ? { 'example.com/gpu': '1' } : {}
  const requests = {
    ...(chance(0.8) ? { cpu: `${below(random, 1200)}m` } : {}),
    ...(chance(0.8) ? { memory: `${below(random, 900)}Mi` } : {}),
    ...(chance(0.05) ? { 'ephemeral-storage': `${below(random, 20)}Gi` } : {}),
    ...gpu,
  }
  const port = { containerPort: 80, hostPort: 8000 + below(random, 2) }
  const main: Container = {
    name: 'c',
    image: 'x',
    resources: { requests, limits: gpu },
    ...(chance(0.15) ? { ports: [chance(0.4) ? { ...port, hostIP: pick(random, ['127.0.0.1', '10.0.0.1']) } : port] } : {}),
  }
  const init = { name: 'i', image: 'x', resources: { requests: { cpu: `${below(random, 2500)}m` } } }
  return { containers: [main], ...(chance(0.15) ? { initContainers: [init] } : {}) }
}

function placement(aNode: string, random: Random): Partial<PodSpec> {
  const chance = (part: number) => random() < part
  const terms = () => Array.from({ length: 1 + below(random, 2) }, () => affinityTerm(random))
  const affinity = {
    ...(chance(0.15) ? { nodeAffinity: nodeAffinity(aNode, random) } : {}),
    ...(chance(0.2) ? { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms() } } : {}),
    ...(chance(0.25) ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms() } } : {}),
  }
  const spread = (topologyKey: string) => ({
    maxSkew: 1 + below(random, 2),
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: affinityTerm(random).labelSelector ?? {},
  })
  const keys = new Set([pick(random, [zone, host, 'pool']), pick(random, [zone, host])])
  return {
    affinity,
    ...(chance(0.12) ? { nodeSelector: { pool: pick(random, pools) } } : {}),
    ...(chance(0.3) ? { tolerations: [pick(random, tolerations)] } : {}),
    ...(chance(0.35) ? { topologySpreadConstraints: [...keys].map(spread) } : {}),
    // a claim that nobody has made
    ...(chance(0.04) ? { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'missing' } }] } : {}),
  }
}

const tolerations = [
  { key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' },
  { operator: 'Exists' },
  { key: 'dedicated', operator: 'Exists' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' },
]

function affinityTerm(random: Random): PodAffinityTerm {
  const app = pick(random, apps)
  const expression = { key: 'app', operator: pick(random, ['NotIn', 'In']), values: [app] }
  return {
    topologyKey: pick(random, [zone, host, 'pool']),
    labelSelector: random() < 0.8 ? { matchLabels: { app } } : { matchExpressions: [expression] },
  }
}

const nodeRequirements = [
  { key: 'cpus', operator: 'Gt', values: ['4'] },
  { key: 'cpus', operator: 'Lt', values: ['5'] },
  { key: 'pool', operator: 'NotIn', values: ['x'] },
  { key: 'pool', operator: 'Exists' },
  { key: zone, operator: 'In', values: ['a', 'b'] },
  { key: zone, operator: 'DoesNotExist' },
]

function nodeAffinity(aNode: string, random: Random) {
  const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [aNode] }] }
  const term = { matchExpressions: [pick(random, nodeRequirements)] }
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term, ...(random() < 0.3 ? [byName] : [])] } }
}

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound)
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)] as T
}
