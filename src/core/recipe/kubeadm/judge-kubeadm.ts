import { removedFromControlPlane } from '../../host/findings/setting-findings.ts'
import { judgeHost } from '../../host/judge-host.ts'
import { kubeletSettings } from '../../host/kubelet-settings.ts'
import { compareVersions } from '../../version/kubernetes-version.ts'
import { fallsBehind, mostKubeletSkew } from './kubeadm-commands.ts'
import { imageTag, type KubeadmNode } from './kubeadm-node.ts'

/** Why the steps do not fit a host, as one clause with its fix; undefined when they do. */
export function refusal(node: KubeadmNode): string | undefined {
  return (
    layoutRefusal(node) ??
    versionRefusal(node) ??
    runtimeRefusal(node) ??
    programRefusal(node) ??
    settingRefusal(node) ??
    // once the change is under way it goes on, or is taken back
    (node.order.step === 'Stage' ? findingRefusal(node) : undefined)
  )
}

/** Why nothing can be fetched for hops to come. What stands in the way of the hops themselves is asked when they come. */
export function fetchRefusal(node: KubeadmNode): string | undefined {
  return layoutRefusal(node) ?? programRefusal(node)
}

function layoutRefusal({ facts, layout, order, isControlPlane }: KubeadmNode): string | undefined {
  if (facts.os.init !== 'systemd') return 'systemd does not run this host, and each step is a unit of it: upgrade it by hand'
  if (!facts.asRoot) return 'this host was not looked at as root: set become: sudo in the inventory'
  if (layout.distribution !== 'kubeadm') {
    return `this host is of ${layout.distribution ?? 'no cluster that is known'}, and the order is for kubeadm: look at falkirk nodes --via ssh`
  }
  if (isControlPlane === (layout.role === 'ControlPlane')) return undefined
  const is = layout.role === 'ControlPlane' ? 'runs an API server' : 'runs no API server'
  return `this host ${is}, and the order takes it for ${isControlPlane ? 'a control-plane node' : 'a worker'}: look at the labels of node ${order.node}`
}

function versionRefusal(node: KubeadmNode): string | undefined {
  const { from, target, layout, isControlPlane } = node
  for (const is of [from, layout.version]) {
    if (is !== undefined && compareVersions(target, is) === -1)
      return `${is.text} is there, and ${target.text} is lower: no node is lowered`
  }
  if (isControlPlane && from !== undefined && target.minor > from.minor + 1) {
    return `its control plane is ${from.text}, and ${target.text} would skip a minor: go by the last patch of v1.${from.minor + 1}`
  }
  if (node.order.part !== 'FirstControlPlane' || !fallsBehind(node) || node.order.kubeletSkew === 'Accepted') return undefined
  const most = mostKubeletSkew(target.minor)
  return (
    `a kubelet of this cluster is ${node.order.oldestKubelet}, and kubeadm of v1.${target.minor} leaves none more than ${most} ` +
    `${most === 1 ? 'minor' : 'minors'} behind: bring the workers up first (spec.workers: EveryHop), or accept the skew by name`
  )
}

function runtimeRefusal({ layout: { runtime }, target, facts }: KubeadmNode): string | undefined {
  if (runtime?.name === 'docker' && target.minor >= 24) {
    return `docker is its runtime, and a kubelet of v1.${target.minor} needs another: move it to containerd at v1.23 at the latest`
  }
  const settings = kubeletSettings(facts)
  const bears = (settings.flag('fail-cgroupv1') ?? settings.field('failCgroupV1')) === 'false'
  if (target.minor < 35 || facts.os.cgroup === undefined || facts.os.cgroup === 'v2' || bears) return undefined
  return `it has cgroup ${facts.os.cgroup}, and a kubelet of v1.${target.minor} does not start there: move it to cgroup v2, or set failCgroupV1: false in ConfigMap kube-system/kubelet-config`
}

function programRefusal({ source, order, facts, target }: KubeadmNode): string | undefined {
  if (source.kind === 'Packages') return undefined
  const missing = source.files.find(({ name }) => order.binaries?.[name] === undefined && needs(name, facts, target.text))
  if (missing === undefined)
    return source.files.some(({ name }) => name === 'kubeadm') ? undefined : 'it has no kubeadm: put one beside its kubelet'
  return `${missing.path} belongs to no package: name a file or an address of ${missing.name} ${target.text} for ${facts.os.architecture ?? 'its architecture'}, with its sha256`
}

/** kubectl may stay as it is; what is the target already needs no file. */
function needs(name: string, facts: KubeadmNode['facts'], target: string): boolean {
  return name !== 'kubectl' && facts.programs.find((program) => program.name === name)?.version !== target
}

/** kubeadm writes these flags into the manifests again and again, as they stand in the cluster's configuration. */
function settingRefusal({ facts, layout, target, isControlPlane }: KubeadmNode): string | undefined {
  // what kubeadm has put in place runs, and knows its flags
  if (!isControlPlane || imageTag(facts, 'kube-apiserver') === target.text) return undefined
  const [first] = removedFromControlPlane({ facts, layout, target, nowMs: facts.epochSeconds * 1_000 })
  return first === undefined ? undefined : `${first.message}: ${first.fix}`
}

/** What the recipe looks after itself, or what says no more than the refusals above. */
const lookedAfter = new Set(['removed-setting', 'kernel', 'cgroup', 'runtime', 'version'])

function findingRefusal({ facts, layout, target }: KubeadmNode): string | undefined {
  const findings = judgeHost({ facts, layout, target, nowMs: facts.epochSeconds * 1_000 })
  const worst = findings.find(({ severity, check }) => severity === 'Blocks' && !lookedAfter.has(check))
  return worst === undefined ? undefined : `${worst.message}: ${worst.fix}`
}
