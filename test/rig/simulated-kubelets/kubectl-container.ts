import type { ControlPlane } from '../control-plane.ts'
import type { KubectlContainer } from './upgrade-effects.ts'

/** Runs a pod's kubectl arguments with the rig's kubectl and the rights of the pod's own service account. */
export function kubectlContainer(plane: ControlPlane): KubectlContainer {
  const kubeconfigs = new Map<string, Promise<string>>()
  return async (args, { metadata, spec }) => {
    const account = spec.serviceAccountName ?? 'default'
    const key = `${metadata.namespace}/${account}`
    const kubeconfig = kubeconfigs.get(key) ?? plane.kubeconfigForServiceAccount(metadata.namespace, account)
    kubeconfigs.set(key, kubeconfig)
    return plane.kubectl.attempt(['--kubeconfig', await kubeconfig, ...args])
  }
}
