import type { DraftObject } from '../kube-object.ts'
import type { Distribution } from '../machine/distribution.ts'
import type { Machine } from '../machine/machine.ts'
import { newMachine } from '../machine/new-machine.ts'
import { sandboxWorkloads } from './sandbox-workloads.ts'

/** An object that is to be created, with the name of its resource in the store. */
export interface SandboxObject {
  readonly resource: string
  readonly draft: DraftObject
}

/** The machines of a cluster and what users have put into it. */
export interface SandboxCluster {
  readonly machines: readonly Machine[]
  readonly objects: readonly SandboxObject[]
}

export interface SandboxClusterOptions {
  readonly distribution: Distribution
  /** Of all nodes: `v1.23.12+k3s1`. */
  readonly version: string
  /** Numbers in [0, 1). */
  readonly random: () => number
}

const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'] as const

/** A cluster that fits on a screen: three servers, four workers and two nodes for the ingress, in three zones, with workloads of every kind. */
export function sandboxCluster(options: SandboxClusterOptions): SandboxCluster {
  const servers = ['server-1', 'server-2', 'server-3'].map((name, index) => machine(options, { name, index, pool: undefined }))
  const workers = ['worker-1', 'worker-2', 'worker-3', 'worker-4'].map((name, index) => machine(options, { name, index, pool: 'general' }))
  const edges = ['edge-1', 'edge-2'].map((name, index) => machine(options, { name, index: index + 1, pool: 'edge' }))
  return { machines: [...servers, ...workers, ...edges], objects: sandboxWorkloads() }
}

interface Place {
  readonly name: string
  readonly index: number
  /** A server is in none. */
  readonly pool: 'general' | 'edge' | undefined
}

function machine(options: SandboxClusterOptions, { name, index, pool }: Place): Machine {
  const subnet = pool === undefined ? 0 : pool === 'general' ? 1 : 2
  const isServer = pool === undefined
  const { distribution, version, random } = options
  return newMachine({
    name,
    version,
    distribution,
    role: isServer ? 'Server' : 'Agent',
    address: `10.0.${subnet}.${index + 11}`,
    bootId: hex(random, 32),
    capacity: { cpu: isServer ? '4' : '8', memory: isServer ? '16Gi' : '32Gi', pods: '110', 'ephemeral-storage': '100Gi' },
    labels: {
      'topology.kubernetes.io/region': 'eu-central-1',
      'topology.kubernetes.io/zone': zones[index % zones.length] ?? zones[0],
      ...(isServer ? {} : { pool }),
    },
    taints: isServer ? serverTaints(options) : [],
  })
}

/** The servers of kubeadm are kept from other pods, those of k3s and RKE2 are not. Source: kubeadm, whose taint was renamed in 1.24. */
function serverTaints({ distribution, version }: SandboxClusterOptions): Machine['taints'] {
  if (distribution !== 'kubeadm') return []
  const key = Number(/^v1\.(\d+)/.exec(version)?.[1] ?? 0) < 24 ? 'node-role.kubernetes.io/master' : 'node-role.kubernetes.io/control-plane'
  return [{ key, effect: 'NoSchedule' }]
}

function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}
