import type { HostFacts } from '../../host/host-facts.ts'
import { type HostLayout, layoutOf } from '../../host/layout.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { HostOrder } from '../host-order.ts'
import { type Architecture, architectureOf, isImageArchive, programFile } from '../release-files.ts'

/** A file of the release that a host needs. */
export interface NeededFile {
  /** Its name in the release. */
  readonly name: string
  readonly sha256: string
  /** Absent: it is sent. */
  readonly url?: string
}

/** A host of k3s or RKE2 and what is asked of it: everything that its steps are made from. */
export interface K3sNode {
  readonly order: HostOrder & { readonly distribution: 'k3s' | 'rke2' }
  readonly facts: HostFacts
  readonly layout: HostLayout
  readonly target: KubernetesVersion
  readonly service: K3sService | undefined
  /** How many services run the program; one is meant. */
  readonly services: number
  /** Absolute path, as the unit names it. */
  readonly binary: string
  readonly architecture: Architecture | undefined
  /** Undefined: the order names none for this architecture. */
  readonly program: NeededFile | undefined
  /** Archives of images that the host has, by their names: those of another version have to take their place. */
  readonly imageNames: readonly string[]
  readonly images: readonly NeededFile[]
}

/** The unit that runs the program. */
export interface K3sService {
  /** `k3s-agent.service` */
  readonly unit: string
  readonly role: 'server' | 'agent'
  /** Its unit, drop-ins and files of variables. */
  readonly files: readonly string[]
}

/** What an order finds on its host. */
export function k3sNode(order: K3sNode['order'], facts: HostFacts, target: KubernetesVersion): K3sNode {
  const { distribution } = order
  const layout = layoutOf(facts)
  const found = servicesOf(distribution, facts)
  const architecture = architectureOf(facts.os.architecture)
  const imageNames = (facts.rancher.images ?? []).filter(isImageArchive)
  const needed = (name: string): readonly NeededFile[] => {
    const file = order.binaries?.[name]
    return file === undefined ? [] : [{ name, ...file }]
  }
  return {
    order,
    facts,
    layout,
    target,
    service: found[0],
    services: found.length,
    binary: layout.binary ?? `/usr/local/bin/${distribution}`,
    architecture,
    program: architecture === undefined ? undefined : needed(programFile(distribution, architecture))[0],
    imageNames,
    images: imageNames.flatMap(needed),
  }
}

/** A service that is down may still be the one: both kinds of RKE2 have a unit on every host. */
function servicesOf(distribution: string, facts: HostFacts): readonly K3sService[] {
  const all = facts.services.flatMap((service) => {
    const role = new RegExp(`/${distribution} (server|agent)( |$)`).exec(service.command ?? '')?.[1]
    return role === 'server' || role === 'agent' ? [{ service, role: role as K3sService['role'] }] : []
  })
  const running = all.filter(({ service }) => service.active !== 'inactive' && service.active !== 'failed')
  const chosen = running.length > 0 ? running : all.filter(({ service }) => service.enabled === 'enabled')
  return chosen.map(({ service, role }) => ({ unit: service.name, role, files: filesOf(service) }))
}

/** Paths are given to scripts as lists with spaces: what has one in its name is left out. */
function filesOf({ file = '', dropIns = '', environmentFiles = '' }: HostFacts['services'][number]): readonly string[] {
  const words = [file, ...dropIns.split(' '), ...environmentFiles.split(' ')]
  return [...new Set(words)].filter((path) => /^\/[\w.@:+/-]{1,250}$/.test(path))
}
