import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KubeadmCluster, startKubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { hostChangeCases } from './host-change-cases.ts'
import { prepareCases } from './prepare-cases.ts'
import { untilServed, webPods } from './web.ts'

let cluster: KubeadmCluster

beforeAll(async () => {
  // three control planes are those of upgrade.test.ts: their joins take half a minute more
  cluster = await startKubeadmCluster({ controlPlanes: 1 })
})

afterAll(async () => {
  await cluster?.stop()
})

describe('the kubeadm cluster of the rig', () => {
  it('has a control plane with etcd, and two workers, all Ready', async () => {
    const nodes = (await cluster.kubectl(['get', 'nodes', '--no-headers'])).trim().split('\n')
    expect(nodes.map((line) => line.split(/\s+/).filter((_, column) => column !== 3))).toEqual([
      ['cp1', 'Ready', 'control-plane,master', 'v1.20.2'],
      ['w1', 'Ready', '<none>', 'v1.20.2'],
      ['w2', 'Ready', '<none>', 'v1.20.2'],
    ])
    const etcd = 'get pods -n kube-system -l component=etcd --no-headers -o custom-columns=:metadata.name'.split(' ')
    expect((await cluster.kubectl(etcd)).trim().split('\n')).toEqual(['etcd-cp1'])
  })

  it('has packages with the names of Kubernetes’ own, held, and units that belong to them', async () => {
    for (const host of cluster.hosts) {
      expect((await host.run('apt-mark showhold')).trim().split('\n')).toEqual(['kubeadm', 'kubectl', 'kubelet'])
      expect(await host.run('dpkg -S /usr/bin/kubelet /usr/bin/kubeadm /usr/bin/crictl')).toBe(
        'kubelet: /usr/bin/kubelet\nkubeadm: /usr/bin/kubeadm\ncri-tools: /usr/bin/crictl\n',
      )
      expect(await host.run('kubelet --version; kubeadm version -o short')).toBe('Kubernetes v1.20.2\nv1.20.2\n')
    }
  })

  it('serves: pods on both workers, behind a Service that is found by its name', async () => {
    await webPods(cluster)
    await untilServed(cluster)
  })
})

describe('falkirk prepare', () => prepareCases(() => cluster))

describe('falkirk os upgrade', () => hostChangeCases(() => cluster))
