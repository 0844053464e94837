import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import { k3sNode } from '../recipe/k3s/k3s-node.ts'
import { imageRepository, type KubeadmNode, kubeadmNode } from '../recipe/kubeadm/kubeadm-node.ts'
import { stagedKubeadm, workerImage } from '../recipe/kubeadm/node-parameters.ts'
import { packageCommands } from '../recipe/kubeadm/package-commands.ts'
import { programFile } from '../recipe/release-files.ts'
import { distributionOfVersion } from '../version/distribution.ts'
import { type KubernetesVersion, parseVersion } from '../version/kubernetes-version.ts'
import { packageFile } from './folder-names.ts'
import { kubeadmImages } from './kubeadm-images.ts'

/** What one hop needs on one host. */
export interface HopNeeds {
  readonly version: string
  /** Empty where no package owns the programs. */
  readonly packages: readonly PackageNeed[]
  /** Files of the version's release by their names there: programs that no package owns; of k3s and RKE2 theirs, and archives of images. */
  readonly files: readonly string[]
  readonly images: readonly string[]
  /** Where this hop's kubeadm lies before it is installed; absent where there is none. */
  readonly kubeadm?: string
}

export interface PackageNeed {
  readonly name: string
  /** As its manager is asked for it: `kubeadm=1.34.2-*`. */
  readonly exactly: string
  /** Its file in a folder, with `*`: `kubeadm_1.34.2-*_amd64.deb`. */
  readonly file: string
}

/**
 * The order by which one hop is prepared on a host: always the same, so that a second run finds what the first has done. `binaries`: files with their digests
 * that it is to bring.
 */
export function prepareOrder(node: string, version: string, isControlPlane: boolean, binaries?: HostOrder['binaries']): HostOrder {
  const part = isControlPlane ? 'ControlPlane' : 'Worker'
  const order = { run: 'prepare', node, step: 'Stage', distribution: distributionOf(version), version, part } as const
  return binaries === undefined ? order : { ...order, binaries }
}

/** Whose steps bring a host to a version. */
function distributionOf(version: string): HostOrder['distribution'] {
  const parsed = parseVersion(version)
  const found = parsed === undefined ? undefined : distributionOfVersion(parsed)
  return found === 'k3s' || found === 'rke2' ? found : 'kubeadm'
}

/** What an order of `prepareOrder` needs on a host as it was found. */
export function hopNeeds(order: HostOrder, facts: HostFacts): HopNeeds {
  const { version, distribution } = order
  const target = parseVersion(version)
  if (target === undefined) return { version, packages: [], files: [], images: [] }
  if (distribution !== 'kubeadm')
    return { version, packages: [], files: releaseFiles({ ...order, distribution }, facts, target), images: [] }
  const node = kubeadmNode(order, facts, target)
  return { version, packages: packagesOf(node), files: filesOf(node), images: imagesOf(node), kubeadm: stagedKubeadm(node) }
}

function releaseFiles(order: HostOrder & { distribution: 'k3s' | 'rke2' }, facts: HostFacts, target: KubernetesVersion): readonly string[] {
  const { architecture, imageNames } = k3sNode(order, facts, target)
  return architecture === undefined ? [] : [programFile(order.distribution, architecture), ...imageNames]
}

function packagesOf({ source, target, facts }: KubeadmNode): readonly PackageNeed[] {
  if (source.kind === 'Files') return []
  const plain = target.text.slice(1)
  const { exactly } = packageCommands(source, plain)
  const file = (name: string) => packageFile(source.manager, { name, plain, machine: facts.os.architecture })
  return ['kubeadm', ...source.names].map((name) => ({ name, exactly: exactly(name), file: file(name) }))
}

function filesOf({ source }: KubeadmNode): readonly string[] {
  return source.kind === 'Files' ? source.files.map(({ name }) => name) : []
}

function imagesOf(node: KubeadmNode): readonly string[] {
  return node.isControlPlane ? kubeadmImages(node.target, imageRepository(node.facts)) : [workerImage(node)]
}
