import { judgeHost } from '../../host/judge-host.ts'
import { controlPlaneHop } from '../../version/version-skew.ts'
import { programFile } from '../release-files.ts'
import type { K3sNode } from './k3s-node.ts'

/** Room for the new files and for those that are kept, KiB: an archive of RKE2 is unpacked beside them. */
const neededKib = 500_000

/** Why the steps do not fit a host, as one clause with its fix; undefined when they do. */
export function refusal(node: K3sNode): string | undefined {
  return (
    layoutRefusal(node) ??
    versionRefusal(node) ??
    fileRefusal(node) ??
    // once the change is under way it goes on, or is taken back
    (node.order.step === 'Stage' ? (roomRefusal(node) ?? findingRefusal(node)) : undefined)
  )
}

/** Why nothing can be brought for hops to come. What stands in the way of the hops themselves is asked when they come. */
export function bringRefusal(node: K3sNode): string | undefined {
  return layoutRefusal(node) ?? fileRefusal(node)
}

function layoutRefusal({ facts, layout, order, service, services, binary }: K3sNode): string | undefined {
  const { distribution } = order
  if (facts.os.init !== 'systemd')
    return 'systemd does not run this host, and each step is a unit of it (OpenRC is not supported): upgrade it by hand'
  if (!facts.asRoot) return 'this host was not looked at as root: set become: sudo in the inventory'
  if (layout.distribution !== distribution) {
    return `this host is of ${layout.distribution ?? 'no cluster that is known'}, and the order is for ${distribution}: look at falkirk nodes --via ssh`
  }
  if (services > 1) return `${services} services of this host run ${distribution}: disable all but one`
  if (service === undefined) {
    return `no service of this host runs ${distribution} server or ${distribution} agent: a ${distribution} that is started otherwise is upgraded by hand`
  }
  if (layout.owner?.kind === 'Package') {
    return `${binary} belongs to the package ${layout.owner.name}, and packages of ${distribution} are not changed by Falkirk: upgrade it by its package manager, or install ${distribution} by its ${distribution === 'rke2' ? 'archive' : 'binary'}`
  }
  if (order.part === 'Worker' || service.role === 'server') return undefined
  return `this host runs ${distribution} agent, and node ${order.node} is labelled as control plane: correct its labels`
}

function versionRefusal({ layout: { version }, target, service }: K3sNode): string | undefined {
  if (version === undefined) return undefined
  const hop = controlPlaneHop(version, target)
  // agents may follow over several minors: how far, the controller has judged by the API server
  return hop.verdict === 'Refused' && (service?.role === 'server' || hop.reason === 'Downgrade') ? hop.message : undefined
}

function fileRefusal({ order, binary, architecture, program, target, imageNames, images, facts }: K3sNode): string | undefined {
  const { distribution } = order
  if (architecture === undefined)
    return `it is of the architecture ${facts.os.architecture ?? 'unknown'}, for which ${distribution} has no releases`
  if (program === undefined) {
    return `nothing is named for ${binary}: name the sha256 of ${programFile(distribution, architecture)} of ${target.text} for ${architecture} in spec.node.recipe.binary.checksums, or leave them all out and let falkirk upgrade look them up`
  }
  const missing = imageNames.find((name) => !images.some((image) => image.name === name))
  if (missing === undefined) return undefined
  return `it has images of its own (${missing} in /var/lib/rancher/${distribution}/agent/images), and those of ${target.text} are not named: name ${missing} with its sha256 in spec.node.recipe.binary.checksums, or remove it where the host reaches a registry`
}

function roomRefusal({ facts: { disks }, binary }: K3sNode): string | undefined {
  const holds = disks.filter(({ mount }) => binary.startsWith(mount === '/' ? '/' : `${mount}/`))
  const disk = holds.toSorted((a, b) => b.mount.length - a.mount.length)[0]
  if (disk === undefined || disk.freeKib >= neededKib) return undefined
  return `the disk of ${binary} has ${disk.freeKib} KiB left, and ${neededKib} are needed: make room`
}

/** What the refusals above say. */
const lookedAfter = new Set(['version'])

function findingRefusal({ facts, layout, target }: K3sNode): string | undefined {
  const findings = judgeHost({ facts, layout, target, nowMs: facts.epochSeconds * 1_000 })
  const worst = findings.find(({ severity, check }) => severity === 'Blocks' && !lookedAfter.has(check))
  return worst === undefined ? undefined : `${worst.message}: ${worst.fix}`
}
