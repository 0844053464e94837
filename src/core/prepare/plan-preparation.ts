import { compareText } from '../compare-text.ts'
import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import { architectureOf, digestFile, releasePath } from '../recipe/release-files.ts'
import type { ForeseenNode } from '../upgrade/foresee/foresee-upgrade.ts'
import { imageFile } from './folder-names.ts'
import { type HopNeeds, hopNeeds, prepareOrder } from './hop-needs.ts'
import type { HostStock } from './host-stock.ts'
import { judgeFiles, judgeRoom } from './judge-room.ts'

/** Something that a hop needs, and whether the host has it. `bytes`: where the size is known. */
export interface Need {
  readonly name: string
  readonly there: boolean
  readonly bytes?: number
}

export interface NeededPackage extends Need {
  /** As its manager is asked for it. */
  readonly exactly: string
  /** Its file in a folder, with `*` for what is not known of it. */
  readonly file: string
}

export interface NeededImage extends Need {
  /** Its archive in a folder. */
  readonly file: string
}

export interface NeededFile extends Need {
  /** Where releases have it: `v1.34.2+k3s1/k3s`. */
  readonly file: string
  /** What tells its digest, there too. */
  readonly digests: string
}

/** One hop of one host. */
export interface PreparedHop {
  readonly version: string
  readonly packages: readonly NeededPackage[]
  /** Of the version's release: programs that no package owns; of k3s and RKE2 theirs, and archives of images. */
  readonly files: readonly NeededFile[]
  /** Exact where kubeadm of the hop is on the host; by its known defaults until then. */
  readonly images: readonly NeededImage[]
  readonly exactImages: boolean
  /** This hop's kubeadm, beside the installed one; absent where there is none. */
  readonly kubeadm?: Need
  /** All of it: nothing has to be fetched. */
  readonly there: boolean
}

/** What is to be on one host for the whole way. */
export interface HostPreparation {
  readonly node: string
  readonly role: 'ControlPlane' | 'Worker'
  readonly hops: readonly PreparedHop[]
  /** Why nothing is fetched there; one clause with the fix. */
  readonly problem?: string
  /** What may undo it; one clause. */
  readonly risk?: string
}

/** Versions that each node comes to, in their order: lazily skipped hops are not among them, nor turns in which only its system or runtime changes. */
export function hopsByNode(turns: readonly ForeseenNode[]): ReadonlyMap<string, readonly string[]> {
  const hops = new Map<string, readonly string[]>()
  for (const { node, from, to } of turns) if (from !== to) hops.set(node, [...(hops.get(node) ?? []), to])
  return hops
}

/** The orders of all hops of a node. `binaries`: the files that each of them is to bring. */
export function prepareOrders(
  node: string,
  versions: readonly string[],
  isControlPlane: boolean,
  binaries: (version: string) => HostOrder['binaries'] = () => undefined,
): readonly HostOrder[] {
  return versions.map((version) => prepareOrder(node, version, isControlPlane, binaries(version)))
}

/** What was found on a host and of it. */
export interface HostSight {
  readonly facts: HostFacts
  readonly stock: HostStock
  /** Why the steps do not fit it. */
  readonly refusal: string | undefined
  /** Bytes of files of releases where they are fetched from, `VERSION NAME`, as far as they are known. */
  readonly sizes?: ReadonlyMap<string, number>
}

/** What a host needs for its hops, and has. Pure. */
export function planHost(orders: readonly HostOrder[], sight: HostSight): HostPreparation {
  const { facts, refusal } = sight
  const [first] = orders
  const hops = orders.map((order) => preparedHop(order, sight))
  const { problem = refusal, risk } = roomFor(hops, first?.distribution ?? 'kubeadm', facts)
  return {
    node: first?.node ?? '',
    role: first?.part === 'Worker' ? 'Worker' : 'ControlPlane',
    hops,
    ...(problem === undefined ? {} : { problem }),
    ...(risk === undefined ? {} : { risk }),
  }
}

function roomFor(hops: readonly PreparedHop[], distribution: HostOrder['distribution'], facts: HostFacts) {
  const missing = <T extends Need>(of: (hop: PreparedHop) => readonly T[]) => hops.flatMap(of).filter(({ there }) => !there)
  if (distribution !== 'kubeadm') return judgeFiles(facts, { distribution, files: missing(({ files }) => files) })
  const images = missing((hop) => hop.images).map(({ name }) => name)
  return judgeRoom(facts, { packages: missing(({ packages }) => packages).length, images: [...new Set(images)] })
}

function preparedHop(order: HostOrder, { facts, stock, sizes }: HostSight): PreparedHop {
  const needs = hopNeeds(order, facts)
  const { version } = needs
  const listed = needs.images.length > 1 ? stock.listed.get(version) : undefined
  const images = (listed ?? needs.images).map((name) => ({
    ...need(name, stock.images.get(name), stock.images.has(name)),
    file: imageFile(name),
  }))
  const packages = needs.packages.map((each) => neededPackage(each, version, stock))
  // a release need not have kubectl: it stays as it is then
  const wanted = needs.files.filter((name) => name !== 'kubectl' || order.binaries === undefined || order.binaries[name] !== undefined)
  const files = wanted.map((name) => neededFile(name, order, { facts, stock, sizes }))
  const kubeadm = needs.kubeadm === undefined ? [] : [need(needs.kubeadm, undefined, stock.kubeadm.has(version))]
  const parts = [...packages, ...images, ...files, ...kubeadm]
  return {
    version,
    packages,
    files,
    images,
    exactImages: listed !== undefined || needs.images.length < 2,
    ...(kubeadm[0] === undefined ? {} : { kubeadm: kubeadm[0] }),
    there: parts.length > 0 && parts.every(({ there }) => there),
  }
}

function neededPackage({ name, exactly, file }: HopNeeds['packages'][number], version: string, stock: HostStock): NeededPackage {
  const key = `${name} ${version.slice(1)}`
  const fetched = stock.fetched.get(key)
  return { ...need(name, fetched ?? stock.offered.get(key), fetched !== undefined), exactly, file }
}

/** What was brought under another digest than is asked for now is brought again. */
function neededFile(name: string, order: HostOrder, { facts, stock, sizes }: Pick<HostSight, 'facts' | 'stock'> & Sizes): NeededFile {
  const { version, distribution } = order
  const key = `${version} ${name}`
  const brought = stock.files.get(key)
  const asked = order.binaries?.[name]?.sha256
  const isThere = brought !== undefined && (asked === undefined || asked === brought.sha256)
  const place = { version, architecture: architectureOf(facts.os.architecture) ?? 'amd64', file: name } as const
  return {
    ...need(name, isThere ? brought.bytes : sizes?.get(key), isThere),
    file: releasePath(distribution, place),
    digests: releasePath(distribution, { ...place, file: digestFile(distribution, place) }),
  }
}

interface Sizes {
  readonly sizes: ReadonlyMap<string, number> | undefined
}

function need(name: string, bytes: number | undefined, there: boolean): Need {
  return { name, there, ...(bytes === undefined || bytes === 0 ? {} : { bytes }) }
}

/** Everything that the hosts need together, each once: what is to be brought to where there is no network. */
export interface Everything {
  /** `kubeadm=1.34.2-*`, as the hosts' managers ask for it. */
  readonly packages: readonly string[]
  /** `v1.34.2+k3s1/k3s`, with what tells the digests: where programs are files. */
  readonly files: readonly string[]
  readonly images: readonly string[]
}

export function everything(hosts: readonly HostPreparation[]): Everything {
  const hops = hosts.flatMap((host) => host.hops)
  return {
    packages: once(hops.flatMap((hop) => hop.packages.map(({ exactly }) => exactly))),
    files: once(hops.flatMap(({ files }) => files.flatMap(({ file, digests }) => [file, digests]))),
    images: once(hops.flatMap((hop) => hop.images.map(({ name }) => name))),
  }
}

function once(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted(compareText)
}
