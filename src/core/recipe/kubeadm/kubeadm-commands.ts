import { imageRepository, type KubeadmNode } from './kubeadm-node.ts'

/** What brings a node to a version; the scripts know no other. */
export type KubeadmVerb = 'apply' | 'node' | 'experimental-control-plane' | 'config'

/** Source: kubeadm's reference, minor by minor: the forms of before 1.15 were deprecated there. */
export function kubeadmVerb({ order, target }: KubeadmNode): KubeadmVerb {
  if (order.part === 'FirstControlPlane') return 'apply'
  if (target.minor >= 15) return 'node'
  return order.part === 'ControlPlane' ? 'experimental-control-plane' : 'config'
}

/** Options of `kubeadm upgrade apply` and `kubeadm upgrade node`; each is a word that a shell leaves as it is. */
export function upgradeOptions(node: KubeadmNode): readonly string[] {
  const { minor } = node.target
  if (minor < 15) return []
  const isFirst = node.order.part === 'FirstControlPlane'
  return [
    // what kubeadm does when nothing is said was another thing before 1.17
    ...(node.isControlPlane ? [`--certificate-renewal=${node.facts.kubeadm.caKey !== false}`] : []),
    ...patches(node),
    ...ignored(node),
    ...(isFirst && fallsBehind(node) && node.order.kubeletSkew === 'Accepted' ? ['--force'] : []),
  ]
}

export function planOptions(node: KubeadmNode): readonly string[] {
  return ignored(node)
}

/** Options for the images of a version: of another registry than kubeadm's own. */
export function imageOptions({ facts }: KubeadmNode): readonly string[] {
  const repository = imageRepository(facts)
  return repository === undefined ? [] : [`--image-repository=${repository}`]
}

/** Source: kubeadm's release notes: the flag's name changed in 1.22; a kubelet's configuration can be patched from 1.25 on. */
function patches({ facts, target: { minor }, isControlPlane }: KubeadmNode): readonly string[] {
  const folder = facts.kubeadm.patches
  if (folder === undefined || minor < (isControlPlane ? 19 : 25)) return []
  return [`${minor < 22 ? '--experimental-patches' : '--patches'}=${folder}`]
}

/** Checks of kubeadm that refuse what is known to work. */
function ignored(node: KubeadmNode): readonly string[] {
  const checks = [...(runsNoJob(node) ? ['CreateJob'] : []), ...(failsSystemVerification(node) ? ['SystemVerification'] : [])]
  return checks.length === 0 ? [] : [`--ignore-preflight-errors=${checks.join(',')}`]
}

/** Source: kubeadm looks from 1.31 on whether any node takes pods before it starts its test Job. */
function runsNoJob({ order, target: { minor } }: KubeadmNode): boolean {
  return order.alone === true && order.part === 'FirstControlPlane' && minor < 31
}

/** Source: kubeadm 1.33 checks the kernel at upgrades and wants 4.19 or newer, later ones warn; from 1.35 on cgroup v1 is an error, also where the kubelet is told to bear it. */
function failsSystemVerification({ facts, target: { minor } }: KubeadmNode): boolean {
  const [, major = '9', second = '0'] = /^(\d+)\.(\d+)/.exec(facts.os.kernel ?? '') ?? []
  const isOld = Number(major) < 4 || (Number(major) === 4 && Number(second) < 19)
  return (minor === 33 && isOld) || (minor >= 35 && facts.os.cgroup !== 'v2')
}

/** Source: kubeadm's version policy: kubelets one minor behind up to 1.28, three from 1.29 on. */
export function mostKubeletSkew(minor: number): number {
  return minor < 29 ? 1 : 3
}

export function fallsBehind({ order, target: { minor } }: KubeadmNode): boolean {
  const oldest = /^v1\.(\d+)\./.exec(order.oldestKubelet ?? '')?.[1]
  return oldest !== undefined && minor - Number(oldest) > mostKubeletSkew(minor)
}

/** Words as a shell takes them, in quotes where it would do something with them; `run` of `scripts/kubeadm-library.ts` tells them so too. */
export function shownCommand(...words: readonly string[]): string {
  return words.map((word) => (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}
