import { judgeEtcdStep } from '../../upgrade/path/etcd-gate.ts'
import { etcdText } from '../../version/etcd-version.ts'
import { compareVersions, type KubernetesVersion } from '../../version/kubernetes-version.ts'
import { blocks, type Finding, type HostView, note, risk } from '../finding.ts'
import { kubeletSettings } from '../kubelet-settings.ts'

/** Whether the host can be at the version wanted: its kubelet, kernel, cgroups, etcd; and whether it runs what is on its disk. */
export function versionFindings(view: HostView): readonly Finding[] {
  const found = [...replacedFindings(view), ...nothingFindings(view), ...endpointFindings(view)]
  if (view.target === undefined || view.layout.distribution === undefined) return found
  return [
    ...found,
    ...kubeletFindings(view, view.target),
    ...kernelFindings(view, view.target),
    ...cgroupFindings(view, view.target),
    ...etcdFindings(view, view.target),
  ]
}

function replacedFindings({ facts }: HostView): readonly Finding[] {
  const names = facts.programs.filter(({ replaced }) => replaced).map(({ name }) => name)
  if (names.length === 0) return []
  const message = `${names.join(', ')} on the disk ${names.length === 1 ? 'is' : 'are'} not what runs: the file was replaced without a restart`
  return [risk('not-restarted', message, 'restart the service before the upgrade, so that it is known to start')]
}

function nothingFindings({ layout }: HostView): readonly Finding[] {
  if (layout.distribution !== undefined || layout.role === 'Etcd') return []
  return [risk('no-kubelet', 'no kubelet was found on this host', 'see that the address is that of the node')]
}

/** An API server asks those members alone that it is told of. Source: kube-apiserver `--etcd-servers`. */
function endpointFindings({ layout: { etcd } }: HostView): readonly Finding[] {
  if (etcd?.kind !== 'External' || etcd.endpoints.length !== 1) return []
  const message = `the API server knows one address of etcd, ${etcd.endpoints[0]}: where that is one member, it serves nothing while that one is restarted`
  const fix = 'name all members (etcd.external.endpoints of ConfigMap kube-system/kubeadm-config, --etcd-servers) before etcd is upgraded'
  return [risk('etcd', message, fix)]
}

function kubeletFindings({ layout: { version, distribution } }: HostView, target: KubernetesVersion): readonly Finding[] {
  if (version === undefined) return []
  if (compareVersions(target, version) !== -1) return []
  return [
    blocks(
      'version',
      `this host has ${version.text}, and ${target.text} is lower`,
      `name a version from ${version.text} on (${distribution} is never lowered)`,
    ),
  ]
}

/** Source: kernel.org versions that kubeadm's system verification accepts, kubernetes.io "Kernel Version Requirements". */
function kernelFindings({ facts, layout }: HostView, target: KubernetesVersion): readonly Finding[] {
  const match = /^(\d+)\.(\d+)/.exec(facts.os.kernel ?? '')
  if (match === null || layout.distribution !== 'kubeadm' || target.minor < 33) return []
  const [major, minor] = [Number(match[1]), Number(match[2])]
  if (major > 4 || (major === 4 && minor >= 19)) return []
  const fix = 'upgrade the operating system first, or let kubeadm ignore SystemVerification'
  if (target.minor === 33)
    return [blocks('kernel', `Linux ${facts.os.kernel} is refused by kubeadm of v1.33, which wants 4.19 or newer`, fix)]
  return [risk('kernel', `Linux ${facts.os.kernel} is older than what v1.${target.minor} is made for (5.4)`, fix)]
}

/** Source: KEP-5573, a kubelet from 1.35 on does not start on cgroup v1 unless told. */
function cgroupFindings({ facts }: HostView, target: KubernetesVersion): readonly Finding[] {
  if (target.minor < 35 || facts.os.cgroup === undefined || facts.os.cgroup === 'v2') return []
  const settings = kubeletSettings(facts)
  if ((settings.flag('fail-cgroup-v1') ?? settings.field('failCgroupV1')) === 'false') return []
  const message = 'this host has cgroup v1, and a kubelet of v1.35 does not start on it'
  return [
    blocks('cgroup', message, 'boot it with systemd.unified_cgroup_hierarchy=1, or set failCgroupV1: false in the kubelet configuration'),
  ]
}

/** Of hops further on `falkirk path` tells: what etcd will be by then is not this host's to say. */
function etcdFindings({ layout }: HostView, target: KubernetesVersion): readonly Finding[] {
  const { etcd, version } = layout
  if (etcd?.version === undefined || (etcd.kind === 'Stacked' && version !== undefined && target.minor > version.minor + 1)) return []
  const own = { atLeast: etcd.version, atMost: etcd.version }
  const step = judgeEtcdStep(own, { line: 'kubernetes', minor: target.minor, etcd: undefined })
  if (step.verdict === 'Open' || step.verdict === 'Met') return []
  const least = etcdText(step.gate.least)
  const message = `etcd ${etcdText(etcd.version)} is below ${least}: ${step.gate.reason}`
  if (etcd.kind !== 'Stacked')
    return [note('etcd', message, `upgrade it to ${least} before it goes further; v1.${target.minor} may serve beside it`)]
  return [blocks('etcd', message, `bring it to ${least} at v1.${target.minor - 1} first (etcd.local.imageTag)`)]
}
