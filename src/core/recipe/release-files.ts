import type { HostOrder } from './host-order.ts'

type Distribution = HostOrder['distribution']

/** Architectures for which there are releases, as Kubernetes names them. */
export const architectures = ['amd64', 'arm64', 'arm', 's390x'] as const
export type Architecture = (typeof architectures)[number]

/** What `uname -m` says of each. */
const machines: Readonly<Record<string, Architecture>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  s390x: 's390x',
}

/** The architecture of a host, by `uname -m`; undefined where there are no releases for it. */
export function architectureOf(machine: string | undefined): Architecture | undefined {
  return machines[machine ?? '']
}

/** Where one file of a release is. */
export interface ReleasePlace {
  /** With `v`: `v1.34.2+k3s1`. */
  readonly version: string
  readonly architecture: Architecture
  readonly file: string
}

/**
 * The file of a release that holds the program of k3s or RKE2; of RKE2 it is an archive with its scripts beside it. Source: releases of k3s-io/k3s and
 * rancher/rke2.
 */
export function programFile(distribution: 'k3s' | 'rke2', architecture: Architecture): string {
  if (distribution === 'rke2') return `rke2.linux-${architecture}.tar.gz`
  if (architecture === 'amd64') return 'k3s'
  return architecture === 'arm' ? 'k3s-armhf' : `k3s-${architecture}`
}

/** Programs of Kubernetes that a host of kubeadm may have as files. */
export const kubernetesPrograms = ['kubeadm', 'kubelet', 'kubectl'] as const

/** Archives of images that a host without a registry has in its folder `agent/images`. */
const imageArchive = /^(k3s-airgap-images-[\w]+|rke2-images[\w-]*\.linux-[\w]+)\.tar(\.gz|\.zst)?$/

export function isImageArchive(file: string): boolean {
  return imageArchive.test(file)
}

/** The file of a release with the digests of the others; undefined for Kubernetes' own, which has one beside each file. */
export function checksumFile(distribution: Distribution, architecture: Architecture): string | undefined {
  return distribution === 'kubeadm' ? undefined : `sha256sum-${architecture}.txt`
}

/** Below a folder or an address, where the release sites have a file. Source: github.com releases, dl.k8s.io. */
export function releaseLayout(distribution: Distribution): string {
  return distribution === 'kubeadm' ? '{version}/bin/linux/{architecture}/{file}' : '{version}/{file}'
}

/** Where a file of a release lies below the folder or the address of all releases: `v1.34.2+k3s1/k3s`. */
export function releasePath(distribution: Distribution, place: ReleasePlace): string {
  return filledIn(releaseLayout(distribution), place)
}

/** What tells the digest of a file of a release, laid beside it. */
export function digestFile(distribution: Distribution, { architecture, file }: Omit<ReleasePlace, 'version'>): string {
  return checksumFile(distribution, architecture) ?? `${file}.sha256`
}

/** Where the releases of k3s and RKE2 are published. */
export function publishedAt(distribution: 'k3s' | 'rke2'): string {
  const owner = distribution === 'k3s' ? 'k3s-io/k3s' : 'rancher/rke2'
  return `https://github.com/${owner}/releases/download/${releaseLayout(distribution)}`
}

export function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text)
}

/** A folder or an address where releases are, with its words; one that has none is laid out as the release sites are. */
export function releaseTemplate(place: string, layout: string): string {
  return place.includes('{file}') ? place : `${place.replace(/\/+$/, '')}/${layout}`
}

/** An address or a path with its words filled in; `+` of a version is written as addresses have it. */
export function filledIn(template: string, { version, architecture, file }: ReleasePlace): string {
  return template
    .replaceAll('{version}', isAddress(template) ? encodeURIComponent(version) : version)
    .replaceAll('{architecture}', architecture)
    .replaceAll('{file}', file)
}

/** Digests of a list as `sha256sum` writes it, by name; lines of any other kind are passed over. */
export function readChecksums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]{64})[ \t]+\*?(?:\.\/|dist\/\w*\/?)?([\w.-]+)\s*$/.exec(line)
    return match === null ? [] : [[match[2] ?? '', match[1] ?? ''] as const]
  })
  return new Map(lines)
}
