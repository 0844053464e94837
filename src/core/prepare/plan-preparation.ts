import { compareText } from '../compare-text.ts'
import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import type { ForeseenNode } from '../upgrade/foresee-upgrade.ts'
import { type HopNeeds, hopNeeds, prepareOrder } from './hop-needs.ts'
import type { HostStock } from './host-stock.ts'
import { judgeRoom } from './judge-room.ts'

/** Something that a hop needs, and whether the host has it. `bytes`: where the size is known. */
export interface Need {
  readonly name: string
  readonly there: boolean
  readonly bytes?: number
}

export interface NeededPackage extends Need {
  /** As its manager is asked for it. */
  readonly exactly: string
}

/** One hop of one host. */
export interface PreparedHop {
  readonly version: string
  readonly packages: readonly NeededPackage[]
  /** Programs that no package owns. */
  readonly files: readonly string[]
  /** Exact where kubeadm of the hop is on the host; by its known defaults until then. */
  readonly images: readonly Need[]
  readonly exactImages: boolean
  /** This hop's kubeadm, beside the installed one. */
  readonly kubeadm: Need
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

/** The orders of all hops of a node. */
export function prepareOrders(node: string, versions: readonly string[], isControlPlane: boolean): readonly HostOrder[] {
  return versions.map((version) => prepareOrder(node, version, isControlPlane))
}

/** What a host needs for its hops, and has. Pure. `refusal`: why the steps do not fit it. */
export function planHost(
  orders: readonly HostOrder[],
  { facts, stock, refusal }: { readonly facts: HostFacts; readonly stock: HostStock; readonly refusal: string | undefined },
): HostPreparation {
  const [first] = orders
  const hops = orders.map((order) => preparedHop(hopNeeds(order, facts), stock))
  const missing = hops.flatMap(({ images }) => images.filter(({ there }) => !there).map(({ name }) => name))
  const packages = hops.flatMap((hop) => hop.packages.filter(({ there }) => !there)).length
  const { problem = refusal, risk } = judgeRoom(facts, { packages, images: [...new Set(missing)] })
  return {
    node: first?.node ?? '',
    role: first?.part === 'Worker' ? 'Worker' : 'ControlPlane',
    hops,
    ...(problem === undefined ? {} : { problem }),
    ...(risk === undefined ? {} : { risk }),
  }
}

function preparedHop(needs: HopNeeds, stock: HostStock): PreparedHop {
  const { version } = needs
  const listed = needs.images.length > 1 ? stock.listed.get(version) : undefined
  const images = (listed ?? needs.images).map((name) => need(name, stock.images.get(name), stock.images.has(name)))
  const packages = needs.packages.map(({ name, exactly }): NeededPackage => {
    const key = `${name} ${version.slice(1)}`
    const fetched = stock.fetched.get(key)
    return { ...need(name, fetched ?? stock.offered.get(key), fetched !== undefined), exactly }
  })
  const kubeadm = need(needs.kubeadm, undefined, stock.kubeadm.has(version))
  return {
    version,
    packages,
    files: needs.files,
    images,
    exactImages: listed !== undefined || needs.images.length === 1,
    kubeadm,
    // nobody has looked whether programs that are files were brought
    there: needs.files.length === 0 && [...packages, ...images, kubeadm].every(({ there }) => there),
  }
}

function need(name: string, bytes: number | undefined, there: boolean): Need {
  return { name, there, ...(bytes === undefined || bytes === 0 ? {} : { bytes }) }
}

/** Everything that the hosts need together, each once: what is to be brought to where there is no network. */
export interface Everything {
  /** `kubeadm=1.34.2-*`, as the hosts' managers ask for it. */
  readonly packages: readonly string[]
  /** `kubelet v1.34.2`, where programs are files. */
  readonly files: readonly string[]
  readonly images: readonly string[]
}

export function everything(hosts: readonly HostPreparation[]): Everything {
  const hops = hosts.flatMap((host) => host.hops)
  return {
    packages: once(hops.flatMap((hop) => hop.packages.map(({ exactly }) => exactly))),
    files: once(hops.flatMap(({ files, version }) => files.map((name) => `${name} ${version}`))),
    images: once(hops.flatMap((hop) => hop.images.map(({ name }) => name))),
  }
}

function once(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted(compareText)
}
