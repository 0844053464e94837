import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from './host-order.ts'
import { hostAfter } from './host-recipe.ts'
import { type NodeLook, nodeFacts } from './kubeadm/node-facts.test-support.ts'
import { type PlannedOrder, transcript } from './transcript.ts'

interface Turn {
  readonly look: NodeLook
  readonly order: Pick<HostOrder, 'part' | 'version'> & Partial<HostOrder>
  readonly found?: (facts: HostFacts) => HostFacts
}

/** Each host staged and changed, one after another. */
function planned(turns: readonly Turn[]): readonly PlannedOrder[] {
  return turns.flatMap(({ look, order, found = (facts) => facts }) => {
    const facts = found(nodeFacts(look))
    const whole = { run: 'uid', node: look.name, distribution: 'kubeadm', ...order } as const
    const stage: HostOrder = { ...whole, step: 'Stage' }
    return [
      { order: stage, facts },
      { order: { ...whole, step: 'Change' }, facts: hostAfter(stage, facts) },
    ]
  })
}

const server = (name: string, version: string, more: Partial<NodeLook> = {}): NodeLook => ({ name, role: 'ControlPlane', version, ...more })

/** etcd on hosts of its own: no static pod of it is here. */
function besideEtcd(facts: HostFacts): HostFacts {
  const staticPods = facts.staticPods.flatMap((pod) => {
    if (pod.path.endsWith('/etcd.yaml')) return []
    const flags = pod.arguments.map((flag) =>
      flag.startsWith('--etcd-servers=') ? '--etcd-servers=https://10.0.0.11:2379,https://10.0.0.12:2379' : flag,
    )
    return [{ ...pod, arguments: flags }]
  })
  return { ...facts, staticPods, etcd: { arguments: [], environment: [], member: false } }
}

/** docker has a disk of its own. */
function besideDisk(facts: HostFacts): HostFacts {
  const none = { partitions: [], holders: [], below: [], volumes: [], readOnly: false, swap: false, unknown: false }
  const found = { kind: 'block', sizeKib: 41_943_040, content: 'ext4', uuid: 'aaaa-1' } as const
  const used = { path: '/var/lib/docker', mount: '/var/lib/docker', sizeKib: 41_943_040, freeKib: 20_971_520 }
  return {
    ...facts,
    disks: [...facts.disks, used],
    disk: { path: '/dev/vg0/docker', ...none, ...found, mounts: ['/var/lib/docker'], entries: ['overlay2'] },
  }
}

const switching = {
  version: 'v1.21.14',
  os: { packages: 'All', reboot: 'IfRequired' },
  runtime: { name: 'containerd', from: 'docker', version: '1.6.36' },
} as const

const ways = [
  {
    file: 'docker-to-containerd.txt',
    turns: [
      {
        look: server('cp1', 'v1.20.15', { docker: true, kubeletFlags: '--network-plugin=cni' }),
        order: { part: 'FirstControlPlane', ...switching },
      },
      {
        look: { name: 'w1', role: 'Worker', version: 'v1.20.15', docker: true, kubeletFlags: '--network-plugin=cni' },
        order: { part: 'Worker', ...switching },
      },
      {
        look: { name: 'w2', role: 'Worker', version: 'v1.20.15', docker: true, kubeletFlags: '--network-plugin=cni' },
        order: { part: 'Worker', ...switching, runtime: { ...switching.runtime, reformatDisk: '/dev/vg0/docker' } },
        found: besideDisk,
      },
    ],
  },
  {
    file: 'external-etcd.txt',
    turns: ['cp1', 'cp2'].map((name, index) => ({
      look: server(name, 'v1.30.14'),
      order: { part: index === 0 ? 'FirstControlPlane' : 'ControlPlane', version: 'v1.31.14' },
      found: besideEtcd,
    })),
  },
] as const satisfies readonly { readonly file: string; readonly turns: readonly Turn[] }[]

it.each(ways)('what would be run, host by host, stands in $file', ({ file, turns }) => {
  const path = new URL(`./testdata/${file}`, import.meta.url)
  // an order's own number says nothing to whoever reads this
  const text = transcript(planned(turns)).replaceAll(/(?<=\/(?:backup|steps)\/)[0-9a-f]{12}/g, 'CHANGE')
  if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(path, text)
  expect(text).toBe(readFileSync(path, 'utf8'))
})
