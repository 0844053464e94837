import type { Node } from 'kubernetes-types/core/v1'
import { parseVersion } from '../../core/version/kubernetes-version.ts'
import { type Distribution, distributionOfVersion } from './distribution.ts'
import { controlPlaneManifests } from './kubeadm-manifests.ts'
import { serviceOf } from './kubernetes-service.ts'
import type { Machine, MachineFile, MachinePackage, MachineRole, MachineUnit } from './machine.ts'
import { serverLabels } from './server-marks.ts'

/** What is wanted of a new machine; the rest is that of a common server. */
export interface MachineWish {
  readonly name: string
  readonly version: string
  readonly distribution?: Distribution
  readonly role?: MachineRole
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: Machine['taints']
  readonly capacity?: Readonly<Record<string, string>>
  readonly address?: string
  readonly kubeletPort?: number
  readonly bootId: string
}

const commonCapacity = { cpu: '8', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' }

/** A machine as it is after the installation of a distribution. `bootId` comes from the run's random numbers. */
export function newMachine(wish: MachineWish): Machine {
  const { name, version, distribution = 'kubeadm', role = 'Agent', capacity = commonCapacity } = wish
  return {
    name,
    distribution,
    role,
    kubeletVersion: version,
    bootId: wish.bootId,
    machineId: name,
    kernelVersion: '6.1.0-18-amd64',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    architecture: 'amd64',
    runtime: { name: 'containerd', version: '1.7.28' },
    capacity,
    allocatable: capacity,
    address: wish.address ?? '127.0.0.1',
    ...(wish.kubeletPort === undefined ? {} : { kubeletPort: wish.kubeletPort }),
    ...installed({ distribution, role, version }),
    labels: { ...(role === 'Server' ? serverLabels({ distribution, minor: minorOf(version) }) : {}), ...wish.labels },
    taints: wish.taints ?? [],
  }
}

/** The machine that a Node speaks of, as far as it does. */
export function machineOfNode(node: Node, distribution?: Distribution): Machine {
  const { metadata = {}, status = {} } = node
  const info = status.nodeInfo
  const version = info?.kubeletVersion ?? 'v1.30.0'
  const labels = metadata.labels ?? {}
  const role = 'node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels ? 'Server' : 'Agent'
  const [runtime = 'containerd', runtimeVersion = '1.7.28'] = (info?.containerRuntimeVersion ?? '')
    .split('://')
    .filter((part) => part !== '')
  const made = newMachine({
    name: metadata.name ?? '',
    version,
    distribution: distribution ?? distributionOfVersion(parseVersion(version)),
    role,
    bootId: info?.bootID ?? '',
    capacity: { ...commonCapacity, ...status.capacity },
    address: status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '127.0.0.1',
  })
  return {
    ...made,
    allocatable: { ...made.capacity, ...status.allocatable },
    runtime: { name: runtime, version: runtimeVersion },
    labels: {},
    ...(info === undefined
      ? {}
      : { machineId: info.machineID, kernelVersion: info.kernelVersion, osImage: info.osImage, architecture: info.architecture }),
  }
}

/** As new as there is where a version is none. */
function minorOf(version: string): number {
  return parseVersion(version)?.minor ?? Number.POSITIVE_INFINITY
}

type Installed = Pick<Machine, 'files' | 'units' | 'packages'>

function installed(of: { distribution: Distribution; role: MachineRole; version: string }): Installed {
  const { unit, binary } = serviceOf(of)
  const files = new Map<string, MachineFile>([
    [binary, { digest: of.version }],
    ['/etc/os-release', { content: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n' }],
  ])
  const units = new Map<string, MachineUnit>([[unit, { active: true, enabled: true, version: of.version }]])
  if (of.distribution !== 'kubeadm') return { files, units, packages: new Map() }
  units.set('containerd.service', { active: true, enabled: true, version: '1.7.28' })
  if (of.role === 'Server') for (const [path, file] of controlPlaneManifests(of.version)) files.set(path, file)
  return { files, units, packages: kubeadmPackages(of.version) }
}

function kubeadmPackages(version: string): ReadonlyMap<string, MachinePackage> {
  const debian = `${version.replace(/^v/, '').replace(/[+-].*$/, '')}-1.1`
  return new Map([
    ['kubeadm', { version: debian, held: true }],
    ['kubelet', { version: debian, held: true }],
    ['kubectl', { version: debian, held: true }],
    ['containerd', { version: '1.7.28-1', held: false }],
  ])
}
