import type { HostFacts } from '../../host/host-facts.ts'
import { kubeletSettings } from '../../host/kubelet-settings.ts'
import { type HostLayout, layoutOf } from '../../host/layout.ts'
import { type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import type { HostOrder } from '../host-order.ts'

type PackageManager = NonNullable<HostFacts['packages']['manager']>

/** A kubeadm host and what is asked of it: everything that its steps are made from. */
export interface KubeadmNode {
  readonly order: HostOrder
  readonly facts: HostFacts
  readonly layout: HostLayout
  readonly target: KubernetesVersion
  readonly isControlPlane: boolean
  /** What the API server of this node is, else its kubelet; absent when neither tells. */
  readonly from: KubernetesVersion | undefined
  readonly source: ProgramSource
}

/** Where the programs of Kubernetes come from on this host. */
export type ProgramSource =
  | {
      readonly kind: 'Packages'
      readonly manager: PackageManager
      /** Packages beside kubeadm: the kubelet, and kubectl where it is installed. */
      readonly names: readonly string[]
      /** They are held, or locked at their version: all of them will be again. */
      readonly held: boolean
      /** The option by which what a repository's file excludes is installed; empty where nothing is excluded. */
      readonly excludes: string
    }
  | { readonly kind: 'Files'; readonly files: readonly ProgramFile[] }

export interface ProgramFile {
  readonly name: 'kubeadm' | 'kubelet' | 'kubectl'
  readonly path: string
}

/** What an order finds on its host. */
export function kubeadmNode(order: HostOrder, facts: HostFacts, target: KubernetesVersion): KubeadmNode {
  const layout = layoutOf(facts)
  const isControlPlane = order.part !== 'Worker'
  return {
    order,
    facts,
    layout,
    target,
    isControlPlane,
    from: (isControlPlane ? parseVersion(imageTag(facts, 'kube-apiserver')) : undefined) ?? layout.version,
    source: sourceOf(facts, layout),
  }
}

/** The tag of a static pod's image; empty when there is no such pod. */
export function imageTag(facts: HostFacts, name: string): string {
  return /:([\w.-]+)$/.exec(imageOf(facts, name))?.[1] ?? ''
}

function imageOf(facts: HostFacts, name: string): string {
  return facts.staticPods.find(({ path }) => path.includes(`/${name}.`))?.image ?? ''
}

const packages = ['kubeadm', 'kubelet', 'kubectl'] as const

function sourceOf(facts: HostFacts, layout: HostLayout): ProgramSource {
  const { manager, installed, holds } = facts.packages
  if (layout.owner?.kind !== 'Package' || manager === undefined) return { kind: 'Files', files: filesOf(facts) }
  const isLock = (by: string) => by === 'apt-mark' || by === 'versionlock' || by === 'zypper addlock'
  // whoever was killed between letting one go and holding it again left the others held
  const held = holds.some(({ name, by }) => isLock(by) && packages.some((each) => name === each || name.startsWith(`${each}-`)))
  const names = packages.filter((name) => name === 'kubelet' || (name === 'kubectl' && installed.some((each) => each.name === name)))
  return { kind: 'Packages', manager, names, held, excludes: excludesOf(facts) }
}

/** Source: kubernetes.io, "Upgrading kubeadm clusters": the option has another name in DNF 5, which Fedora has from 41 on. */
function excludesOf({ os, packages: { manager, holds, repositories } }: HostFacts): string {
  if ((manager !== 'dnf' && manager !== 'yum') || !holds.some(({ by }) => by.startsWith('exclude in '))) return ''
  const repository = repositories.flatMap(({ source }) => /^\[([\w.:-]+)\].*(?:kube|k8s)/i.exec(source)?.[1] ?? [])[0] ?? 'kubernetes'
  const isDnf5 = os.id === 'fedora' && Number(os.version?.split('.')[0]) >= 41
  return isDnf5 ? `--setopt=disable_excludes=${repository}` : `--disableexcludes=${repository}`
}

function filesOf({ programs }: HostFacts): readonly ProgramFile[] {
  return packages.flatMap((name) => {
    const program = programs.find((each) => each.name === name)
    return program === undefined ? [] : [{ name, path: program.path }]
  })
}

/** The registry from which this cluster has its images; undefined: kubeadm's own, whatever it is at that version. */
export function imageRepository(facts: HostFacts): string | undefined {
  const image =
    imageOf(facts, 'kube-apiserver') ||
    (kubeletSettings(facts).flag('pod-infra-container-image') ?? layoutOf(facts).runtime?.sandboxImage ?? '')
  const repository = /^(.+)\/[^/]+$/.exec(image)?.[1]
  return repository === undefined || /^(k8s\.gcr\.io|registry\.k8s\.io|gcr\.io\/google[_-]containers)$/.test(repository)
    ? undefined
    : repository
}
