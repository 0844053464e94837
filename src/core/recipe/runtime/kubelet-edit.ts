import type { HostFacts } from '../../host/host-facts.ts'
import { kubeletSettings } from '../../host/kubelet-settings.ts'

export const containerdSocket = 'unix:///run/containerd/containerd.sock'

/** What becomes of the kubelet's flags when containerd is its runtime. */
export type KubeletEdit =
  | {
      readonly kind: 'Edit'
      /** Files with flags, in which those of docker are taken out. */
      readonly files: readonly string[]
      /** The file and its variable that get the new ones. */
      readonly file: string
      readonly variable: string
      /** Names without dashes. */
      readonly remove: readonly string[]
      readonly add: readonly string[]
      /** What kubelet and containerd both have afterwards. */
      readonly cgroupDriver: 'systemd' | 'cgroupfs'
    }
  /** One sentence with the fix. */
  | { readonly kind: 'Refused'; readonly message: string }

/** Flags that mean something to dockershim alone; a kubelet of v1.24 refuses them. Source: Kubernetes, "Migrating from dockershim"; release notes of v1.24. */
const dockerFlags = [
  'container-runtime',
  'container-runtime-endpoint',
  'network-plugin',
  'network-plugin-mtu',
  'cni-bin-dir',
  'cni-conf-dir',
  'cni-cache-dir',
  'docker-endpoint',
  'image-pull-progress-deadline',
  'experimental-dockershim-root-directory',
]

/** Variables that hold flags, the one of kubeadm first. */
const variables = ['KUBELET_KUBEADM_ARGS', 'KUBELET_ARGS', 'KUBELET_EXTRA_ARGS', 'DAEMON_ARGS'] as const

/**
 * @param minor of the kubelet that is there: up to v1.26 it wants to be told that its runtime is `remote`
 */
export function kubeletEdit(facts: HostFacts, minor: number): KubeletEdit {
  const settings = kubeletSettings(facts)
  const files = facts.kubelet.environment.filter(({ lines }) => lines.some((line) => line.includes('--')))
  const place = variables.flatMap((variable) => {
    const file = files.find(({ lines }) => lines.some((line) => line.startsWith(`${variable}=`)))
    return file === undefined ? [] : [{ file: file.path, variable }]
  })[0]
  if (place === undefined) {
    const known = variables.slice(0, 3).join(', ')
    return {
      kind: 'Refused',
      message: `the kubelet has its flags in no file with ${known}: put them into /var/lib/kubelet/kubeadm-flags.env as kubeadm does, and begin again`,
    }
  }
  const driverFlag = settings.flag('cgroup-driver')
  // a field of its configuration is the cluster's, and kubeadm would put it back; a flag is this host's
  const cgroupDriver = driverFlag !== undefined || settings.field('cgroupDriver') === 'systemd' ? 'systemd' : 'cgroupfs'
  return {
    kind: 'Edit',
    files: files.map(({ path }) => path),
    ...place,
    remove: driverFlag === undefined ? dockerFlags : [...dockerFlags, 'cgroup-driver'],
    add: [
      ...(minor <= 26 ? ['--container-runtime=remote'] : []),
      `--container-runtime-endpoint=${containerdSocket}`,
      ...(driverFlag === undefined ? [] : [`--cgroup-driver=${cgroupDriver}`]),
    ],
    cgroupDriver,
  }
}
