import { parseEtcdVersion } from '../../version/etcd-version.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import { blocks, type Finding, type HostView, note, risk, sizeText } from '../finding.ts'
import type { RuntimeLayout } from '../runtime-layout.ts'

/** Whether the container runtime fits the kubelet, the one that is there and the one to come. */
export function runtimeFindings(view: HostView): readonly Finding[] {
  const { distribution, runtime, version } = view.layout
  if (runtime === undefined || distribution === 'k3s' || distribution === 'rke2') return []
  return [
    ...driverFindings(runtime, view),
    ...diskFindings(runtime, view),
    ...(view.target === undefined ? [] : targetFindings(runtime, view.target, version)),
  ]
}

function driverFindings(
  { name, cgroupDriver, kubeletCgroupDriver, version }: RuntimeLayout,
  { layout, target }: HostView,
): readonly Finding[] {
  if (cgroupDriver === undefined) return []
  if (kubeletCgroupDriver !== undefined && kubeletCgroupDriver !== cgroupDriver && !asksTheRuntime(layout.version, version)) {
    const message = `the kubelet has cgroup driver ${kubeletCgroupDriver}, and ${name} has ${cgroupDriver}: pods do not start`
    return [blocks('cgroup-driver', message, 'set both to systemd, on a drained node with both stopped')]
  }
  // Source: kubeadm from 1.22 on writes systemd where nothing is said
  const enters = target !== undefined && layout.version !== undefined && layout.version.minor < 22 && target.minor >= 22
  if (!enters || layout.distribution !== 'kubeadm' || kubeletCgroupDriver !== undefined || cgroupDriver === 'systemd') return []
  const message = `the kubelet names no cgroup driver, kubeadm of v1.22 writes systemd there, and ${name} has cgroupfs`
  return [blocks('cgroup-driver', message, 'set cgroupDriver: cgroupfs in ConfigMap kube-system/kubelet-config before that hop')]
}

/** A disk that would be docker's alone when docker is gone. */
function diskFindings({ name }: RuntimeLayout, { facts }: HostView): readonly Finding[] {
  const own = facts.disks.find(({ path, mount, device }) => path === mount && device !== undefined)
  if (name !== 'docker' || own?.device === undefined) return []
  const size = `${sizeText(own.sizeKib)}, ${sizeText(own.sizeKib - own.freeKib)} of it in use`
  return [
    note(
      'docker-disk',
      `docker has a disk of its own: ${own.device} at ${own.path} (${size})`,
      `it stays as it is when the node is moved to containerd; --reformat-disk ${own.device} gives it to containerd, and all that is on it is lost`,
    ),
  ]
}

/** Source: KEP-4033, a kubelet from 1.28 on may ask; containerd answers from 2.0 on. */
function asksTheRuntime(kubelet: KubernetesVersion | undefined, runtime: string | undefined): boolean {
  return (kubelet?.minor ?? 0) >= 28 && Number(runtime?.split('.')[0]) >= 2
}

function targetFindings(runtime: RuntimeLayout, target: KubernetesVersion, from: KubernetesVersion | undefined): readonly Finding[] {
  if (runtime.name === 'docker') {
    if (target.minor < 24) return []
    const message = `docker${runtime.version === undefined ? '' : ` ${runtime.version}`} is the runtime: a kubelet of v1.24 needs another`
    return [blocks('runtime', message, 'move this node to containerd (or cri-dockerd) at v1.23 at the latest')]
  }
  const version = parseEtcdVersion(runtime.version ?? '')
  if (runtime.name !== 'containerd' || version === undefined) return []
  return containerdFindings([version[0], version[1]], { text: runtime.version ?? '', target, from })
}

interface Containerd {
  readonly text: string
  readonly target: KubernetesVersion
  readonly from: KubernetesVersion | undefined
}

/** Source: containerd's RELEASES.md, "Kubernetes Support"; Kubernetes 1.26 release notes (CRI v1). */
function containerdFindings([major, minor]: readonly [number, number], { text, target, from }: Containerd): readonly Finding[] {
  const isBelow = (atMajor: number, atMinor: number) => major < atMajor || (major === atMajor && minor < atMinor)
  if (target.minor >= 26 && isBelow(1, 6)) {
    return [
      blocks(
        'runtime',
        `containerd ${text} has no CRI v1: a kubelet of v1.26 does not register beside it`,
        'upgrade containerd to 1.7 first',
      ),
    ]
  }
  if (major >= 2 && from !== undefined && from.minor < 23) {
    return [
      blocks(
        'runtime',
        `containerd ${text} has CRI v1 alone, which a kubelet below v1.23 does not speak`,
        'bring the kubelet to v1.23 first',
      ),
    ]
  }
  if (target.minor >= 35 && isBelow(1, 7)) {
    return [
      risk(
        'runtime',
        `containerd ${text} is older than what v1.35 is tried with (1.7.28, 2.1.5)`,
        'upgrade containerd within the same drain',
      ),
    ]
  }
  // Source: KEP-4033; planned for 1.38
  if (target.minor >= 36 && isBelow(2, 0)) {
    return [note('runtime', `containerd ${text} cannot tell its cgroup driver, which a kubelet of v1.38 asks for`, 'plan for containerd 2')]
  }
  return []
}
