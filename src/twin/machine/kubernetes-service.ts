import type { Distribution } from './distribution.ts'
import type { Machine, MachineRole } from './machine.ts'
import { withFile, withUnit } from './machine.ts'

/** The service that is the kubelet of a machine, and the program it runs. */
export interface KubernetesService {
  readonly unit: string
  readonly binary: string
}

/** Source: installation pages of k3s, RKE2 and kubeadm. */
export function serviceOf({ distribution, role }: { distribution: Distribution; role: MachineRole }): KubernetesService {
  switch (distribution) {
    case 'k3s':
      return { unit: role === 'Server' ? 'k3s.service' : 'k3s-agent.service', binary: '/usr/local/bin/k3s' }
    case 'rke2':
      return { unit: role === 'Server' ? 'rke2-server.service' : 'rke2-agent.service', binary: '/usr/local/bin/rke2' }
    case 'kubeadm':
      return { unit: 'kubelet.service', binary: '/usr/bin/kubelet' }
  }
}

/** The version of the program on the disk, which is the one that runs after the next start of the service. */
export function installedVersion(machine: Machine): string {
  return machine.files.get(serviceOf(machine).binary)?.digest ?? machine.kubeletVersion
}

/** Puts another program where the service is started from; what runs goes on until it is started again. */
export function withBinary(machine: Machine, version: string): Machine {
  return withFile(machine, serviceOf(machine).binary, { digest: version })
}

/** The service has been started again: what is on the disk runs. */
export function withServiceRestarted(machine: Machine): Machine {
  const version = installedVersion(machine)
  const restarted = withUnit(machine, serviceOf(machine).unit, { active: true, enabled: true, version })
  return { ...restarted, kubeletVersion: version }
}
