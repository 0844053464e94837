import type { Distribution } from '../version/distribution.ts'
import type { KubernetesVersion } from '../version/kubernetes-version.ts'
import type { HostFacts } from './host-facts.ts'
import { type KubeletSettings, kubeletSettings } from './kubelet-settings.ts'

export type CgroupDriver = 'systemd' | 'cgroupfs'

/** What runs the containers of a host. */
export interface RuntimeLayout {
  readonly name: 'docker' | 'containerd' | 'cri-o' | 'cri-dockerd' | 'unknown'
  /** As the program says, without `v`. */
  readonly version?: string
  readonly endpoint?: string
  readonly configPath?: string
  readonly sandboxImage?: string
  readonly cgroupDriver?: CgroupDriver
  /** What the kubelet is set to; absent where nobody has said it. */
  readonly kubeletCgroupDriver?: CgroupDriver
}

const programs = { docker: 'dockerd', containerd: 'containerd', 'cri-o': 'crio', 'cri-dockerd': 'cri-dockerd' } as const

export function runtimeLayout(facts: HostFacts, distribution: Distribution, kubelet: KubernetesVersion | undefined): RuntimeLayout {
  const settings = kubeletSettings(facts)
  const endpoint = endpointOf(facts, settings)
  const name = nameOf({ facts, distribution, endpoint, kubelet, wanted: settings.flag('container-runtime') })
  const version = name === 'unknown' ? undefined : facts.programs.find((program) => program.name === programs[name])?.version
  const sandboxImage = name === 'containerd' ? firstMatch(facts.runtime.config, /^\s*(?:sandbox_image|sandbox)\s*=\s*(.+)$/) : undefined
  const cgroupDriver = driverOf(name, facts)
  const kubeletCgroupDriver = asDriver(settings.flag('cgroup-driver') ?? settings.field('cgroupDriver'))
  return {
    name,
    ...(version === undefined ? {} : { version: version.replace(/^v/, '') }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(facts.runtime.configPath === undefined || name !== 'containerd' ? {} : { configPath: facts.runtime.configPath }),
    ...(sandboxImage === undefined ? {} : { sandboxImage }),
    ...(cgroupDriver === undefined ? {} : { cgroupDriver }),
    ...(kubeletCgroupDriver === undefined ? {} : { kubeletCgroupDriver }),
  }
}

/** Source: the kubelet takes its flag, then its configuration; kubeadm from 1.34 on has a file of its own for this host. */
function endpointOf({ kubelet }: HostFacts, settings: KubeletSettings): string | undefined {
  const instance = firstMatch(kubelet.instanceConfig, /^containerRuntimeEndpoint:\s*(.+)$/)
  const endpoint = settings.flag('container-runtime-endpoint') ?? instance ?? settings.field('containerRuntimeEndpoint')
  return endpoint === undefined || endpoint === '' ? undefined : endpoint
}

interface RuntimeSigns {
  readonly facts: HostFacts
  readonly distribution: Distribution
  readonly endpoint: string | undefined
  readonly kubelet: KubernetesVersion | undefined
  /** --container-runtime */
  readonly wanted: string | undefined
}

function nameOf({ facts, distribution, endpoint, kubelet, wanted }: RuntimeSigns): RuntimeLayout['name'] {
  if (endpoint?.includes('cri-dockerd')) return 'cri-dockerd'
  if (endpoint?.includes('crio')) return 'cri-o'
  if (endpoint?.includes('containerd')) return 'containerd'
  if (distribution === 'k3s' || distribution === 'rke2') return 'containerd'
  // before 1.24 a kubelet that is told nothing has docker; from then on it looks for a socket
  if (kubelet !== undefined && kubelet.minor < 24 && wanted !== 'remote') return 'docker'
  const sockets = facts.runtime.sockets.join(' ')
  if (sockets.includes('crio') && !sockets.includes('/containerd/')) return 'cri-o'
  return sockets.includes('/containerd/') ? 'containerd' : 'unknown'
}

/** Of containerd and docker both, cgroupfs is what they have when nobody says otherwise. */
function driverOf(name: RuntimeLayout['name'], { runtime, unread }: HostFacts): CgroupDriver | undefined {
  if (name === 'docker') {
    const said = runtime.dockerConfig.join(' ').match(/native\.cgroupdriver=(systemd|cgroupfs)/)?.[1]
    return asDriver(runtime.dockerCgroupDriver ?? said) ?? 'cgroupfs'
  }
  if (name !== 'containerd' || runtime.configPath === undefined || unread.includes(runtime.configPath)) return undefined
  const said = firstMatch(runtime.config, /^\s*(?:SystemdCgroup|systemd_cgroup)\s*=\s*(true)\s*$/)
  return said === 'true' ? 'systemd' : 'cgroupfs'
}

function asDriver(text: string | undefined): CgroupDriver | undefined {
  return text === 'systemd' || text === 'cgroupfs' ? text : undefined
}

function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const value = pattern.exec(line)?.[1]
    if (value !== undefined) return value.replaceAll(/["']/g, '').trim()
  }
  return undefined
}
