import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import { imageRepository, type KubeadmNode, kubeadmNode } from '../recipe/kubeadm/kubeadm-node.ts'
import { stagedKubeadm, workerImage } from '../recipe/kubeadm/node-parameters.ts'
import { packageCommands } from '../recipe/kubeadm/package-commands.ts'
import { parseVersion } from '../version/kubernetes-version.ts'
import { kubeadmImages } from './kubeadm-images.ts'

/** What one hop needs on one host. */
export interface HopNeeds {
  readonly version: string
  /** Empty where no package owns the programs. */
  readonly packages: readonly PackageNeed[]
  /** Programs that are brought as files; empty where packages own them. */
  readonly files: readonly string[]
  readonly images: readonly string[]
  /** Where this hop's kubeadm lies before it is installed. */
  readonly kubeadm: string
}

export interface PackageNeed {
  readonly name: string
  /** As its manager is asked for it: `kubeadm=1.34.2-*`. */
  readonly exactly: string
}

/** The order by which one hop is prepared on a host: always the same, so that a second run finds what the first has done. */
export function prepareOrder(node: string, version: string, isControlPlane: boolean): HostOrder {
  const part = isControlPlane ? 'ControlPlane' : 'Worker'
  return { run: 'prepare', node, step: 'Stage', distribution: 'kubeadm', version, part }
}

/** What an order of `prepareOrder` needs on a host as it was found. */
export function hopNeeds(order: HostOrder, facts: HostFacts): HopNeeds {
  const { version } = order
  const target = parseVersion(version)
  if (target === undefined) return { version, packages: [], files: [], images: [], kubeadm: '' }
  const node = kubeadmNode(order, facts, target)
  return { version, packages: packagesOf(node), files: filesOf(node), images: imagesOf(node), kubeadm: stagedKubeadm(node) }
}

function packagesOf({ source, target }: KubeadmNode): readonly PackageNeed[] {
  if (source.kind === 'Files') return []
  const { exactly } = packageCommands(source, target.text.slice(1))
  return ['kubeadm', ...source.names].map((name) => ({ name, exactly: exactly(name) }))
}

function filesOf({ source }: KubeadmNode): readonly string[] {
  return source.kind === 'Files' ? source.files.map(({ name }) => name) : []
}

function imagesOf(node: KubeadmNode): readonly string[] {
  return node.isControlPlane ? kubeadmImages(node.target, imageRepository(node.facts)) : [workerImage(node)]
}
