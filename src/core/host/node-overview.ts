import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'

/** A kubelet reports it, and may report anything. */
const text = z
  .string()
  .max(500)
  .transform((value) => maskOutput(value).replaceAll('\n', ' '))
  .catch('')
const RawNode = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).catch({}) }),
  spec: z.object({ unschedulable: z.boolean().catch(false) }).catch({ unschedulable: false }),
  status: z
    .object({
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).catch([]),
      addresses: z.array(z.object({ type: z.string(), address: text })).catch([]),
      nodeInfo: z
        .object({ kubeletVersion: text, containerRuntimeVersion: text, osImage: text, kernelVersion: text, machineID: text, bootID: text })
        .partial()
        .catch({}),
    })
    .catch({ conditions: [], addresses: [], nodeInfo: {} }),
})

/** What the API tells of a node, as `falkirk nodes` shows it. */
export interface NodeOverview {
  readonly name: string
  /** `control-plane`, `etcd`, `worker` …, by its labels; empty when it has none. */
  readonly roles: readonly string[]
  readonly ready: boolean
  readonly schedulable: boolean
  /** Where its kubelet says that it is: the InternalIP; empty when it does not. */
  readonly address: string
  /** Of the kubelet: `v1.33.5+k3s1`. */
  readonly version: string
  /** `containerd 1.7.28` */
  readonly runtime: string
  readonly os: string
  readonly kernel: string
  readonly machineId: string
  readonly bootId: string
}

const roleLabel = 'node-role.kubernetes.io/'

/** Trims a Node as the API gives it. */
export function nodeOverview(object: unknown): NodeOverview {
  const { metadata, spec, status } = RawNode.parse(object)
  const { nodeInfo } = status
  const roles = Object.keys(metadata.labels).flatMap((label) => (label.startsWith(roleLabel) ? [label.slice(roleLabel.length)] : []))
  // kubeadm wrote both until 1.24
  const told = roles.includes('control-plane') ? roles.filter((role) => role !== 'master') : roles
  return {
    name: metadata.name,
    roles: told.sort(),
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    schedulable: !spec.unschedulable,
    address: status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
    version: nodeInfo.kubeletVersion ?? '',
    runtime: (nodeInfo.containerRuntimeVersion ?? '').replace('://', ' '),
    os: nodeInfo.osImage ?? '',
    kernel: nodeInfo.kernelVersion ?? '',
    machineId: nodeInfo.machineID ?? '',
    bootId: nodeInfo.bootID ?? '',
  }
}
