import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { DiskPath } from './runtime/disk-path.ts'

/** A file that is brought to the host, and the digest without which it is not taken. */
const BinaryFile = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Absent: whoever carries out the order has it already. */
  url: z
    .string()
    .regex(/^https?:\/\/[^\s@/]{1,250}(\/\S{0,1000})?$/)
    .exactOptional(),
})

const Os = z.strictObject({
  packages: z.enum(['None', 'Security', 'All']),
  reboot: z.enum(['Never', 'IfRequired', 'Always']),
})

const Runtime = z.strictObject({
  name: z.literal('containerd'),
  /** What the node had when the change began: whoever goes on finds containerd there. Absent: containerd. */
  from: z.literal('docker').exactOptional(),
  /** As containerd counts: `1.7.28`; absent: what the host has, or the newest that its repository has. */
  version: z
    .string()
    .regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/)
    .exactOptional(),
  /** The disk of docker that containerd gets; all that is on it goes. Absent: no disk is touched. */
  reformatDisk: DiskPath.exactOptional(),
})

/** What a run asks of one host. What is on the host is found there (`src/core/host`), and `hostRecipe` makes steps of both. */
export const HostOrder = z.strictObject({
  /** UID of the ClusterUpgrade: another one does everything anew. */
  run: z.string().min(1).max(64),
  /** Name of its Node. */
  node: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/),
  /** `Stage` disturbs nothing: checks, packages and images. `Change` comes after the drain of the node. `RestartControllers` ends the leader of the controllers. */
  step: z.enum(['Stage', 'Change', 'RestartControllers']),
  distribution: z.enum(['kubeadm', 'k3s', 'rke2']),
  /** Of the hop: `v1.21.14`. */
  version: z.string().regex(/^v\d{1,3}\.\d{1,3}\.\d{1,3}[0-9A-Za-z.+-]{0,50}$/),
  /** `FirstControlPlane`: no other control-plane node has reached the hop's version yet or, where Kubernetes stays as it is, had the run's changes. */
  part: z.enum(['FirstControlPlane', 'ControlPlane', 'Worker']),
  /** Files of the version's release, by the names that they have there: programs that no package owns are replaced by them. */
  binaries: z.record(z.string().regex(/^[a-z0-9][\w.-]{0,100}$/), BinaryFile).exactOptional(),
  /** The lowest kubelet of the cluster, `v1.19.16`: kubeadm refuses to leave it too far behind. Absent: nobody has looked. */
  oldestKubelet: z
    .string()
    .regex(/^v\d{1,3}\.\d{1,3}\.\d{1,3}[0-9A-Za-z.+-]{0,50}$/)
    .exactOptional(),
  /** `Accepted`: somebody has accepted by name that kubelets fall further behind than Kubernetes supports. */
  kubeletSkew: z.literal('Accepted').exactOptional(),
  /** There is no other node: a test Job of kubeadm could not run anywhere while this one is drained. */
  alone: z.literal(true).exactOptional(),
  /** `Drop`: somebody has accepted by name that what was changed by hand in manifests of static pods goes. */
  manifestEdits: z.literal('Drop').exactOptional(),
  /**
   * `Prove`: before anything is done the way to the API has to be proven, as the run has touched no control plane of the hop yet. `Accepted`: the same, and
   * somebody has accepted by name what would hold it.
   */
  apiPath: z.enum(['Prove', 'Accepted']).exactOptional(),
  os: Os.exactOptional(),
  runtime: Runtime.exactOptional(),
  /** What a restart is for: another occasion is another restart. */
  occasion: z.string().max(300).exactOptional(),
  /** `Stays`: the host has `version`, and only its packages and its runtime are changed. */
  kubernetes: z.literal('Stays').exactOptional(),
})
export type HostOrder = z.infer<typeof HostOrder>

/** Identity of what one order does with these steps' scripts, 12 hex digits: the same for each attempt at it, wherever its files come from. */
export function hostOrderId(order: HostOrder, scripts: readonly string[]): string {
  const { binaries, ...rest } = order
  const digests = Object.entries(binaries ?? {}).map(([name, file]) => [name, file.sha256])
  const asked = binaries === undefined ? rest : { ...rest, binaries: digests.sort() }
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([Object.entries(asked).sort(), scripts])))).slice(0, 12)
}
