import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'
import { ApiFacts } from './api-facts.ts'
import { readHostDocument } from './host-document.ts'

/** A text that a host says: bounded, on one line, without control characters, and without what looks like a secret. */
const text = z
  .string()
  .max(1_010)
  .transform((value) => maskOutput(value).replaceAll('\n', ' '))
const word = z.string().regex(/^[\w.:@~+-]{1,200}$/)
/** Of a file on the host; any that can be printed, for people have spaces in theirs. */
const path = z
  .string()
  .regex(/^\/\P{C}{0,300}$/u)
  .transform((value) => maskOutput(value))
const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
const yesNo = z.enum(['yes', 'no']).transform((value) => value === 'yes')
/** The script stops at so many of anything. */
const most = 150
const texts = z.array(text).max(most)
const file = z.strictObject({ path, lines: texts.default([]) })

const OperatingSystem = z.strictObject({
  /** `debian`, `ubuntu`, `rhel`, `sles` … as in os-release(5). */
  id: word.exactOptional(),
  like: text.exactOptional(),
  version: text.exactOptional(),
  name: text.exactOptional(),
  kernel: word.exactOptional(),
  /** As of `uname -m`. */
  architecture: word.exactOptional(),
  hostname: text.exactOptional(),
  machineId: word.exactOptional(),
  bootId: word.exactOptional(),
  init: z.enum(['systemd', 'other']),
  /** `hybrid` is v1 to a kubelet. */
  cgroup: z.enum(['v1', 'hybrid', 'v2']).exactOptional(),
})

const Packages = z.strictObject({
  manager: z.enum(['apt-get', 'dnf', 'yum', 'zypper']).exactOptional(),
  installed: z
    .array(z.strictObject({ name: word, version: text.exactOptional() }))
    .max(most)
    .default([]),
  /** What keeps a package at its version; `by` is who: `apt-mark`, `versionlock`, a file. */
  holds: z
    .array(z.strictObject({ name: text, by: text }))
    .max(most)
    .default([]),
  broken: texts.default([]),
  /** Those from which Kubernetes or its runtime come. */
  repositories: z
    .array(z.strictObject({ file: path, source: text }))
    .max(most)
    .default([]),
  lock: z.strictObject({ file: path, pid: number, program: text.exactOptional() }).exactOptional(),
})

const Service = z.strictObject({
  name: z.string().regex(/^[\w.@:\\-]{1,200}$/),
  active: word.exactOptional(),
  enabled: word.exactOptional(),
  file: path.exactOptional(),
  dropIns: text.exactOptional(),
  command: text.exactOptional(),
  environmentFiles: text.exactOptional(),
})

const Program = z.strictObject({
  name: word,
  path,
  /** As it says itself, with or without `v`. */
  version: word.exactOptional(),
  /** The package that owns the file. */
  package: word.exactOptional(),
  running: yesNo.default(false),
  /** The file was replaced since the process was started. */
  replaced: yesNo.default(false),
})

const Kubelet = z.strictObject({
  /** Its command line, the program first; absent when it does not run as a program of its own. */
  arguments: texts.default([]),
  configPath: path.exactOptional(),
  /** Lines of its KubeletConfiguration. */
  config: texts.default([]),
  instanceConfig: texts.default([]),
  environment: z.array(file).max(most).default([]),
})

const Runtime = z.strictObject({
  sockets: z.array(path).max(most).default([]),
  configPath: path.exactOptional(),
  /** Lines of containerd's configuration that matter to steps. */
  config: texts.default([]),
  dockerConfig: texts.default([]),
  /** Command line of dockerd, the program first; absent when it does not run. */
  dockerArguments: texts.default([]),
  dockerCgroupDriver: word.exactOptional(),
  dockerStorage: word.exactOptional(),
  dockerRoot: path.exactOptional(),
  crictl: texts.default([]),
  cni: texts.default([]),
})

const Etcd = z.strictObject({
  /** Of an etcd that is no container. */
  arguments: texts.default([]),
  dataFolder: path.exactOptional(),
  member: yesNo.default(false),
  dataKib: number.exactOptional(),
  environment: z.array(file).max(most).default([]),
})

/** The block device that somebody has named to be reformatted. */
const NamedDisk = z.strictObject({
  path,
  kind: z.enum(['absent', 'other', 'block']),
  /** As the kernel counts: `253:0`. */
  number: word.exactOptional(),
  sizeKib: number.exactOptional(),
  readOnly: yesNo.default(false),
  /** What stays the same when the kernel gives it another name. */
  id: text.exactOptional(),
  /** Of the device mapper: `linear`, `thin-pool`. */
  target: word.exactOptional(),
  partitions: texts.default([]),
  /** What is built upon it. */
  holders: texts.default([]),
  /** As blkid says: `ext4`, `LVM2_member`; `unreadable` and `ambiguous` are this program's. Absent: nothing that is known. */
  content: word.exactOptional(),
  /** Kind of its partition table. */
  table: word.exactOptional(),
  uuid: word.exactOptional(),
  mounts: texts.default([]),
  /** Other file systems that are mounted below the first of them. */
  below: texts.default([]),
  /** What lies in the first of them, and docker's volumes that somebody has named. */
  entries: texts.default([]),
  volumes: texts.default([]),
  /** Unit of systemd that mounts it and does not come from /etc/fstab. */
  mountUnit: path.exactOptional(),
  /** Number of the device that is mounted where containerd's data go. */
  containerdOn: word.exactOptional(),
  swap: yesNo.default(false),
  /** A program without which no file system is made. */
  missing: word.exactOptional(),
  /** What is mounted cannot be told. */
  unknown: yesNo.default(false),
  /** UUIDs of the file systems that docker had on the disk and that was made instead, and docker's data root, as a step has noted them. */
  notedWas: word.exactOptional(),
  notedMade: word.exactOptional(),
  notedRoot: path.exactOptional(),
})
export type NamedDisk = z.infer<typeof NamedDisk>

const HostFacts = z.strictObject({
  format: z.literal('falkirk.dev/host-facts/v1'),
  asRoot: yesNo,
  os: OperatingSystem,
  /** The host's clock, seconds since 1970. */
  epochSeconds: number,
  /** `by`: what says that a reboot is pending. */
  reboot: z.strictObject({ by: text.exactOptional(), packages: texts.default([]) }),
  swaps: z.array(z.strictObject({ device: text, kib: number, usedKib: number })).max(most),
  fstabSwaps: number,
  packages: Packages,
  services: z.array(Service).max(most),
  programs: z.array(Program).max(most),
  kubelet: Kubelet,
  runtime: Runtime,
  staticPods: z.array(z.strictObject({ path, image: text.exactOptional(), arguments: texts.default([]) })).max(most),
  etcd: Etcd,
  disks: z.array(z.strictObject({ path, sizeKib: number, freeKib: number, mount: text, device: text.exactOptional() })).max(most),
  disk: NamedDisk.exactOptional(),
  certificates: z.array(z.strictObject({ path, notAfter: z.string().regex(/^\d{12}(\d{2})?Z$/) })).max(most),
  kubeadm: z.strictObject({
    adminConf: yesNo.default(false),
    kubeletConf: yesNo.default(false),
    caKey: yesNo.exactOptional(),
    leftoverKib: number.exactOptional(),
    /** A folder with patches for what kubeadm writes. */
    patches: z
      .string()
      .regex(/^\/[\w./-]{1,200}$/)
      .exactOptional(),
  }),
  rancher: z.strictObject({
    server: z.enum(['k3s', 'rke2']).exactOptional(),
    datastore: z.enum(['etcd', 'sqlite']).exactOptional(),
    /** Archives in the folder from which k3s and RKE2 take their images at their start. */
    images: texts.exactOptional(),
  }),
  api: ApiFacts.exactOptional(),
  /** What is there and could not be read. */
  unread: texts,
  /** There was more than one document holds. */
  cut: yesNo,
  /** False: the script was ended before its end. */
  complete: yesNo,
})
/** What was found on a host. Texts are masked; nothing in it may be run or written to a terminal but as text. */
export type HostFacts = z.infer<typeof HostFacts>

export type ReadHostFacts =
  | { readonly kind: 'Facts'; readonly facts: HostFacts }
  /** One sentence without anything that the host could have put into it but plain text. */
  | { readonly kind: 'Refused'; readonly message: string }

/** Reads what `hostFactsScript` printed. A host may say anything: what does not fit the schema is refused as a whole. */
export function parseHostFacts(output: string): ReadHostFacts {
  const read = readHostDocument(output, HostFacts)
  return read.kind === 'Document' ? { kind: 'Facts', facts: read.document } : read
}
