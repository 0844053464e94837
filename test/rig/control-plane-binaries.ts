import { rigBinaries, rigVersions } from './binaries.ts'

/** Programs of one Kubernetes version; all but etcd as the first words of a command line. */
export interface ControlPlaneBinaries {
  readonly version: string
  readonly etcd: string
  readonly apiServer: readonly [string, ...string[]]
  readonly controllerManager: readonly [string, ...string[]]
  readonly scheduler: readonly [string, ...string[]]
  readonly kubectl: readonly [string, ...string[]]
}

/** The version of a control plane for which no other is asked. */
const defaultVersion: string = rigVersions[0]

/** The components of the rig's own Kubernetes, which is built when it is not in the cache. */
export async function controlPlaneBinaries(version: string = defaultVersion): Promise<ControlPlaneBinaries> {
  const { k3s, etcd, kubectl } = await rigBinaries([version])
  const binary = k3s[version]
  if (binary === undefined) throw new Error(`the rig has built no Kubernetes ${version}`)
  return {
    version,
    etcd,
    apiServer: [binary, 'kube-apiserver'],
    controllerManager: [binary, 'kube-controller-manager'],
    scheduler: [binary, 'kube-scheduler'],
    kubectl: [kubectl],
  }
}
