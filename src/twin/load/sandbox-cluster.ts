import { parseVersion } from '../../core/version/kubernetes-version.ts'
import type { DraftObject } from '../kube-object.ts'
import type { Distribution } from '../machine/distribution.ts'
import type { Machine } from '../machine/machine.ts'
import { newMachine } from '../machine/new-machine.ts'
import { serverTaints } from '../machine/server-marks.ts'
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
  const servers = ['server-1', 'server-2', 'server-3'].map((name, index) => sandboxMachine(options, { name, index, subnet: 0 }))
  const workers = ['worker-1', 'worker-2', 'worker-3', 'worker-4'].map((name, index) =>
    sandboxMachine(options, { name, index, pool: 'general', subnet: 1 }),
  )
  const edges = ['edge-1', 'edge-2'].map((name, index) => sandboxMachine(options, { name, index: index + 1, pool: 'edge', subnet: 2 }))
  return { machines: [...servers, ...workers, ...edges], objects: sandboxWorkloads() }
}

/** Where a machine of a small cluster is. */
export interface Place {
  readonly name: string
  /** Of its pool: zones come in turn. */
  readonly index: number
  /** The value of label `pool`; a server has none. */
  readonly pool?: string
  /** `10.0.SUBNET.0/24` */
  readonly subnet: number
}

/** A machine as clouds rent it out: a server where it is in no pool. */
export function sandboxMachine(options: SandboxClusterOptions, { name, index, pool, subnet }: Place): Machine {
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
    taints: isServer ? serverTaints({ distribution, minor: parseVersion(version)?.minor ?? 0 }) : [],
  })
}

function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}
