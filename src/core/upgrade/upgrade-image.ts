import type { ContainerSpec } from '../plan/container-spec.ts'
import type { KubernetesVersion } from '../version/kubernetes-version.ts'

/** The container that brings a node to a version: what the spec says, or the upgrade image of the distribution. Undefined: there is none. */
export function upgradeContainerOf(target: KubernetesVersion, own: ContainerSpec | undefined): ContainerSpec | undefined {
  if (own !== undefined) return own
  switch (target.vendor?.name) {
    case 'k3s':
      return { image: 'rancher/k3s-upgrade' }
    case 'rke2':
      return { image: 'rancher/rke2-upgrade' }
    default:
      return undefined
  }
}
