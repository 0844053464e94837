import { sizeText } from '../host/finding.ts'
import type { HostFacts } from '../host/host-facts.ts'
import { kubeletSettings } from '../host/kubelet-settings.ts'
import { layoutOf } from '../host/layout.ts'
import { isImageArchive } from '../recipe/release-files.ts'

/** What is still to come to a host. */
export interface RoomNeed {
  readonly packages: number
  readonly images: readonly string[]
}

/** One clause each; `problem`: what is to come does not fit. */
export interface RoomVerdict {
  readonly problem?: string
  readonly risk?: string
}

const mib = 1_024
/**
 * KiB on the disk, rough and on the safe side: what is pulled and what is unpacked. Source: sizes of published images v1.20 to v1.34 (API server 130 MB
 * unpacked, etcd 250, and a third of that as they are pulled), of packages (kubelet and kubeadm, 10 to 25 MB each) and of kubeadm itself (70 MB).
 */
const imageKib: Readonly<Record<string, number>> = {
  'kube-apiserver': 170 * mib,
  'kube-controller-manager': 160 * mib,
  'kube-scheduler': 95 * mib,
  'kube-proxy': 150 * mib,
  etcd: 340 * mib,
  coredns: 100 * mib,
  pause: 1 * mib,
}
const packageKib = 50 * mib
/** Source: the kubelet's default of imageGCHighThresholdPercent. */
const usualGcPercent = 85

/** Whether what is to come fits on a host, and stays there. */
export function judgeRoom(facts: HostFacts, { packages, images }: RoomNeed): RoomVerdict {
  const imagesKib = images.reduce((sum, image) => sum + (imageKib[nameOf(image)] ?? 100 * mib), 0)
  const packagesKib = packages * packageKib
  const store = diskOf(facts, imageFolder(facts))
  const state = diskOf(facts, '/var/cache')
  const isOne = store?.mount === state?.mount
  const parts = isOne
    ? [{ disk: store, kib: imagesKib + packagesKib, what: 'packages and images' }]
    : [
        { disk: store, kib: imagesKib, what: 'images' },
        { disk: state, kib: packagesKib, what: 'packages' },
      ]
  const short = parts.find(({ disk, kib }) => disk !== undefined && disk.freeKib < kib)
  if (short?.disk !== undefined) {
    const { disk, kib, what } = short
    const fix = 'make room, or prepare fewer hops (--to an earlier version)'
    return { problem: `${disk.path} has ${sizeText(disk.freeKib)} left, and ${what} need about ${sizeText(kib)}: ${fix}` }
  }
  return gcRisk(facts, store, isOne ? imagesKib + packagesKib : imagesKib)
}

/**
 * KiB of what a release of k3s or RKE2 has, where nobody tells, and on the safe side; an archive of programs is unpacked beside itself. Source: sizes of
 * releases v1.20 to v1.34.
 */
const releaseKib = {
  k3s: { program: 80 * mib, images: 300 * mib },
  rke2: { program: 250 * mib, images: 1_100 * mib },
} as const

export interface FilesNeed {
  readonly distribution: keyof typeof releaseKib
  readonly files: readonly { readonly name: string; readonly bytes?: number }[]
}

/** Whether files of releases fit on a host: programs beside the one that is there, archives of images where the service keeps its own. */
export function judgeFiles(facts: HostFacts, { distribution, files }: FilesNeed): RoomVerdict {
  const needs = new Map<string, { readonly disk: Disk; readonly kib: number }>()
  for (const { name, bytes } of files) {
    const isImages = isImageArchive(name)
    const usual = releaseKib[distribution][isImages ? 'images' : 'program']
    const unpacked = name.endsWith('.tar.gz') && !isImages ? 4 : 1
    const disk = diskOf(facts, isImages ? `/var/lib/rancher/${distribution}` : (layoutOf(facts).binary ?? '/usr/local/bin'))
    if (disk === undefined) continue
    const kib = (bytes === undefined ? usual : (bytes / 1_024) * unpacked) + (needs.get(disk.mount)?.kib ?? 0)
    needs.set(disk.mount, { disk, kib })
  }
  const short = [...needs.values()].find(({ disk, kib }) => disk.freeKib < kib)
  if (short === undefined) return {}
  const fix = 'make room, or prepare fewer hops (--to an earlier version)'
  return {
    problem: `${short.disk.path} has ${sizeText(short.disk.freeKib)} left, and files of releases need about ${sizeText(short.kib)}: ${fix}`,
  }
}

/** A kubelet would take away what was brought, as nobody runs it yet. */
function gcRisk(facts: HostFacts, disk: Disk | undefined, kib: number): RoomVerdict {
  const limit = Number(kubeletSettings(facts).field('imageGCHighThresholdPercent') ?? usualGcPercent)
  if (disk === undefined || kib === 0 || disk.sizeKib === 0) return {}
  const percent = Math.round((100 * (disk.sizeKib - disk.freeKib + kib)) / disk.sizeKib)
  if (percent <= limit) return {}
  return {
    risk: `${disk.path} would be ${percent} % full, and a kubelet takes images away that nobody runs from ${limit} % on: make room, or prepare shortly before the upgrade`,
  }
}

type Disk = HostFacts['disks'][number]

function imageFolder(facts: HostFacts): string {
  return layoutOf(facts).runtime?.name === 'docker' ? (facts.runtime.dockerRoot ?? '/var/lib/docker') : '/var/lib/containerd'
}

/** The disk of a folder, or of the nearest one above it that was looked at. */
function diskOf({ disks }: HostFacts, folder: string): Disk | undefined {
  const above = [folder, '/var/lib/rancher', '/var/lib', '/usr/local', '/'].filter(
    (path) => folder === path || folder.startsWith(path === '/' ? '/' : `${path}/`),
  )
  return above.map((path) => disks.find((disk) => disk.path === path)).find((disk) => disk !== undefined)
}

function nameOf(image: string): string {
  return /([^/:]+):[^/]*$/.exec(image)?.[1] ?? ''
}
