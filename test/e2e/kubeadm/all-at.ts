import { expect } from 'vitest'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { untilServed } from './web.ts'

/** Programs, holds and images of all hosts are those of one version, and the web service answers. */
export async function expectAllAt(cluster: KubeadmCluster, version: string): Promise<void> {
  for (const host of cluster.hosts) {
    expect(await host.run('kubelet --version; kubeadm version -o short; kubectl version --client --short')).toBe(
      `Kubernetes ${version}\n${version}\nClient Version: ${version}\n`,
    )
    expect((await host.run('apt-mark showhold')).trim().split('\n')).toEqual(['kubeadm', 'kubectl', 'kubelet'])
  }
  const images = ['get', 'pods', '-n', 'kube-system', '-o', 'jsonpath={range .items[*]}{.spec.containers[0].image}{"\\n"}{end}']
  const components = (await cluster.kubectl(images)).split('\n').filter((image) => image.includes('/kube-'))
  expect(components).toHaveLength(3 * cluster.controlPlanes.length + cluster.hosts.length)
  expect(components.filter((image) => !image.endsWith(`:${version}`))).toEqual([])
  await untilServed(cluster)
}
