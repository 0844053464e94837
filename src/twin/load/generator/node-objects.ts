import type { Node } from 'kubernetes-types/core/v1'
import { newUid } from '../../api/object-name.ts'
import { PodCidrRanges } from '../../controllers/node-ipam/pod-cidr.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { machineStatus, newNode, nodeConditions } from '../../kubelet/node-status.ts'
import type { Machine } from '../../machine/machine.ts'
import { newMachine } from '../../machine/new-machine.ts'
import { serverLabels, serverTaints } from '../../machine/server-marks.ts'
import { usualNodeMask } from '../../pod-network.ts'
import type { ClusterShape } from './cluster-shape.ts'
import type { ObjectMaker } from './object-maker.ts'

/** A node of a generated cluster. */
export interface GeneratedNode {
  readonly object: KubeObject
  readonly machine: Machine
  readonly zone: string
  /** Absent of a control plane. */
  readonly pool?: string
  /** From 0. */
  readonly ordinal: number
  /** The addresses of its pods. */
  readonly podRange: string
}

const ageSeconds = 40 * 86_400

/** Control planes `master-1` …, then the workers of all pools, in turn over the zones. */
export function generateNodes(maker: ObjectMaker): readonly GeneratedNode[] {
  const { shape } = maker
  const nodes: GeneratedNode[] = []
  for (let index = 0; index < shape.masters; index += 1)
    nodes.push(node(maker, { name: `master-${index + 1}`, index, ordinal: nodes.length }))
  for (const { pool, count } of poolSizes(shape)) {
    const prefix = shape.pools.length === 1 && pool.name === 'general' ? 'worker' : pool.name
    for (let index = 0; index < count; index += 1) {
      const labels = { pool: pool.name, ...pool.labels }
      nodes.push(node(maker, { name: `${prefix}-${index + 1}`, index, ordinal: nodes.length, pool: pool.name, labels }))
    }
  }
  return nodes
}

function poolSizes({ pools, nodes, masters }: ClusterShape) {
  const workers = nodes - masters
  const shares = pools.reduce((sum, { share }) => sum + share, 0)
  let [given, passed] = [0, 0]
  return pools.map((pool) => {
    passed += pool.share
    const count = Math.round((workers * passed) / shares) - given
    given += count
    return { pool, count }
  })
}

interface NodeWish {
  readonly name: string
  readonly index: number
  readonly ordinal: number
  readonly pool?: string
  readonly labels?: Readonly<Record<string, string>>
}

function node(maker: ObjectMaker, { name, index, ordinal, pool, labels = {} }: NodeWish): GeneratedNode {
  const { shape, random } = maker
  const { distribution, version, nowMs } = shape
  const zone = shape.zones[index % shape.zones.length] ?? ''
  const role = pool === undefined ? 'Server' : 'Agent'
  const machine = newMachine({
    name,
    version,
    distribution,
    role,
    bootId: newUid(random),
    address: `192.168.${(ordinal >> 8) & 255}.${ordinal & 255}`,
    capacity: {
      cpu: role === 'Server' ? '4' : '8',
      memory: role === 'Server' ? '16Gi' : '32Gi',
      pods: '110',
      'ephemeral-storage': '100Gi',
    },
    taints: role === 'Server' ? serverTaints(shape) : [],
  })
  const plain: Machine = {
    ...machine,
    labels: { ...topology(zone), ...(role === 'Server' ? masterLabels(shape) : {}), ...installed(shape), ...labels },
  }
  const status = { ...machineStatus(plain, new Map()), conditions: nodeConditions({ pressures: new Set() }, [], nowMs) }
  const made: Node = newNode(plain, status)
  const draft = as<DraftObject>({ ...made, metadata: { ...made.metadata, annotations: annotations(shape, plain) } })
  const podRange = new PodCidrRanges(shape.clusterCidr, usualNodeMask).at(ordinal)
  const object = maker.make('nodes', { ...draft, spec: { ...(draft.spec as object), podCIDR: podRange, podCIDRs: [podRange] } }, ageSeconds)
  return { object, machine: plain, zone, ordinal, podRange, ...(pool === undefined ? {} : { pool }) }
}

function topology(zone: string): Record<string, string> {
  return {
    'topology.kubernetes.io/region': 'region-1',
    'topology.kubernetes.io/zone': zone,
    'failure-domain.beta.kubernetes.io/region': 'region-1',
    'failure-domain.beta.kubernetes.io/zone': zone,
  }
}

function masterLabels(shape: ClusterShape): Readonly<Record<string, string>> {
  const { distribution, masters } = shape
  const etcd = distribution === 'rke2' || (distribution === 'k3s' && masters > 1)
  return { ...serverLabels(shape), ...(etcd ? { 'node-role.kubernetes.io/etcd': 'true' } : {}) }
}

function installed({ distribution }: ClusterShape): Record<string, string> {
  if (distribution === 'kubeadm') return {}
  return { 'node.kubernetes.io/instance-type': distribution, 'beta.kubernetes.io/instance-type': distribution }
}

function annotations({ distribution }: ClusterShape, { name, address, role }: Machine): Record<string, string> {
  const common = { 'node.alpha.kubernetes.io/ttl': '0', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' }
  if (distribution === 'kubeadm') return { ...common, 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd/containerd.sock' }
  const prefix = distribution === 'k3s' ? 'k3s.io' : 'rke2.io'
  return {
    ...common,
    [`${prefix}/hostname`]: name,
    [`${prefix}/internal-ip`]: address,
    [`${prefix}/node-args`]: JSON.stringify([role === 'Server' ? 'server' : 'agent']),
  }
}
