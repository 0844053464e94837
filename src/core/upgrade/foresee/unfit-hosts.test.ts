import { expect, it } from 'vitest'
import type { HostFacts } from '../../host/host-facts.ts'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { type NodeLook, nodeFacts } from '../../recipe/kubeadm/node-facts.test-support.ts'
import { anUpgrade, RunWorld, server, several, worker } from '../run-world.test-support.ts'
import { foreseeHosts } from './foresee-hosts.ts'
import { foreseeUpgrade } from './foresee-upgrade.ts'
import { unfitHosts } from './unfit-hosts.ts'

interface Wish {
  readonly runtime?: { readonly name: 'containerd'; readonly reformatDisk?: string }
  readonly from?: string
  readonly to?: string
  readonly look?: Partial<NodeLook>
  readonly change?: Partial<HostFacts>
}

/** What is told of a cluster whose last worker looks like this. */
function judged({ from = 'v1.29.6', to = 'v1.31.5', look = {}, change = {}, runtime }: Wish) {
  const nodes = [
    ...several(2, (index) => server(index, { kubeletVersion: from })),
    ...several(2, (index) => worker(index, { kubeletVersion: from, ...(look.docker ? { runtimeVersion: 'docker://18.6.2' } : {}) })),
  ]
  const upgrade = anUpgrade({ version: to, node: { via: 'SSH', ...(runtime && { runtime }) } })
  const { facts } = new RunWorld(nodes, { upgrade, apiServer: from, reachesHosts: true })
  const hosts = nodes.map(({ name }): [string, HostFacts] => {
    const role = name.startsWith('server') ? 'ControlPlane' : 'Worker'
    const found = nodeFacts({ name, version: from, role, ...(name === 'worker-1' ? look : {}) })
    return [name, name === 'worker-1' ? { ...found, ...change } : found]
  })
  return unfitHosts(foreseeHosts(foreseeUpgrade(facts, noonMs).nodes, facts, new Map(hosts)))
}

it('says nothing of hosts that fit, over all hops', () => {
  expect(judged({})).toEqual({ now: [], later: [] })
})

it.each([
  {
    what: 'swap',
    change: { swaps: [{ device: '/dev/sda2', kib: 1_048_576, usedKib: 0 }] },
    says: /^worker-1: swap is on \(\/dev\/sda2, 1\.0 GiB\), and a kubelet does not start beside it: .*; nothing was touched$/,
  },
  {
    what: 'a certificate that has ended',
    change: { certificates: [{ path: '/var/lib/kubelet/pki/kubelet-client-current.pem', notAfter: '200101000000Z' }] },
    says: /^worker-1: .*kubelet-client-current\.pem has ended \d+ days ago: .*; nothing was touched$/,
  },
])('names a worker that would be refused when its turn comes, before anything is begun: $what', ({ change, says }) => {
  expect(judged({ change })).toEqual({ now: [expect.stringMatching(says)], later: [] })
})

it('tells of a later hop what somebody may still mend before it, once a host', () => {
  const { now, later } = judged({ from: 'v1.22.17', to: 'v1.25.16', look: { docker: true } })
  expect(now).toEqual([])
  expect(later).toEqual([expect.stringMatching(/^worker-1: docker is its runtime, .*; the run would stop there, at v1\.2[45]\.\d+$/)])
})

it('names the host before what a change of its runtime is refused for', () => {
  const look = { docker: true, kubeletFlags: '--network-plugin=cni' } as const
  const disk = { path: '/dev/sdb', kind: 'absent', partitions: [], holders: [], mounts: [], below: [], entries: [], volumes: [] } as const
  const change = { disk: { ...disk, readOnly: false, swap: false, unknown: false } } as unknown as Partial<HostFacts>
  const { now } = judged({ from: 'v1.22.17', to: 'v1.23.17', look, change, runtime: { name: 'containerd', reformatDisk: '/dev/sdb' } })
  expect(now).toContain('worker-1: there is no /dev/sdb: name the disk that docker has on this host (lsblk)')
})
