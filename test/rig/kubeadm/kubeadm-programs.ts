import { dirname, join } from 'node:path'
import { rigBinaries } from '../binaries.ts'

/** What clusters begin with unless told; what is the same for all versions is made of this one. */
export const firstVersion = 'v1.20.2'

/** Programs of one version, which calls itself as Kubernetes does (`v1.20.2`); each does as it is called. */
export interface KubeadmPrograms {
  readonly version: string
  /** kubelet, kube-proxy and all of the control plane. */
  readonly components: string
  /** kubeadm, kubectl, and the stand-ins for crictl and CoreDNS. */
  readonly tools: string
  readonly pause: string
  /** Folder of all versions, for what is made of the programs. */
  readonly cache: string
}

/** Finds them, or builds them: a minute for a version whose source is compiled already. */
export async function kubeadmPrograms(version: string): Promise<KubeadmPrograms> {
  const { k3s } = await rigBinaries([version])
  const components = k3s[version] ?? ''
  const cache = dirname(dirname(components))
  return { version, components, tools: join(dirname(components), 'kubeadm'), pause: join(cache, 'pause'), cache }
}
