import type { Distribution } from './distribution.ts'
import type { Machine } from './machine.ts'

/** What installed a server, and at which minor of Kubernetes 1. */
interface Installer {
  readonly distribution: Distribution
  readonly minor: number
}

const role = 'node-role.kubernetes.io'

/** The labels by which a server is known. Source: kubeadm changelogs v1.20, v1.21, v1.24; k3s and RKE2 documentation, node labels. */
export function serverLabels({ distribution, minor }: Installer): Readonly<Record<string, string>> {
  if (distribution !== 'kubeadm') return { [`${role}/control-plane`]: 'true', [`${role}/master`]: 'true' }
  return {
    ...(minor >= 20 ? { [`${role}/control-plane`]: '' } : {}),
    ...(minor <= 23 ? { [`${role}/master`]: '' } : {}),
    ...(minor >= 21 ? { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}),
  }
}

/** The servers of kubeadm are kept from other pods, those of k3s and RKE2 are not. Source: kubeadm changelogs v1.24, v1.25. */
export function serverTaints({ distribution, minor }: Installer): Machine['taints'] {
  if (distribution !== 'kubeadm') return []
  const roles = [...(minor <= 24 ? ['master'] : []), ...(minor >= 24 ? ['control-plane'] : [])]
  return roles.map((name) => ({ key: `${role}/${name}`, effect: 'NoSchedule' }))
}
