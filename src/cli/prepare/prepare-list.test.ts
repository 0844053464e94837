import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { nodeOverview } from '../../core/host/node-overview.ts'
import { parseHostStock } from '../../core/prepare/host-stock.ts'
import { planHost, prepareOrders } from '../../core/prepare/plan-preparation.ts'
import { hostFacts } from '../../core/recipe/k3s/host-facts.test-support.ts'
import { type NodeLook, nodeFacts } from '../../core/recipe/kubeadm/node-facts.test-support.ts'
import type { LookedHost } from './look-at-hosts.ts'
import { listText } from './prepare-list.ts'

const host = { name: 'unused', run: () => Promise.reject(new Error('nothing is asked here')) }

function looked(look: NodeLook, versions: readonly string[], output = ''): LookedHost {
  const facts = nodeFacts(look)
  const orders = prepareOrders(look.name, versions, look.role === 'ControlPlane')
  const node = nodeOverview({ metadata: { name: look.name } })
  return {
    node,
    host,
    orders,
    kind: 'Seen',
    facts,
    sizes: new Map(),
    preparation: planHost(orders, { facts, stock: parseHostStock(output), refusal: undefined }),
  }
}

const worker: NodeLook = { name: 'w1', role: 'Worker', version: 'v1.20.15' }
const there = [
  'kubeadm v1.21.14',
  ...['kubeadm', 'kubelet', 'kubectl'].map((name) => `fetched ${name} 1.21.14 20971520`),
  ...['kubeadm', 'kubelet', 'kubectl'].map((name) => `offered ${name} 1.22.17 10485760`),
  'image k8s.gcr.io/kube-proxy:v1.21.14 100MB',
].join('\n')
const hosts = [
  looked(worker, ['v1.21.14', 'v1.22.17'], there),
  { ...looked({ ...worker, name: 'w2' }, []), kind: 'Failed' as const, message: 'node w2 (10.0.0.2) cannot be reached: check its address' },
]

it('names what is there and what is to come on each host, and everything once', () => {
  expect(listText({ hosts, version: 'v1.22.17' }, 'table', 80).split('\n')).toEqual([
    'HOST   HOP        PACKAGES                       IMAGES',
    'w1     v1.21.14   all 3 there                    all 1 there',
    '       v1.22.17   0 of 3 there, 30 MiB to come   0 of 1 there',
    '',
    '✘ w2: node w2 (10.0.0.2) cannot be reached: check its address',
    '',
    'Packages that are needed:',
    ...['kubeadm', 'kubectl', 'kubelet'].flatMap((name) => [`  ${name}=1.21.14-*`, `  ${name}=1.22.17-*`]),
    'Images that are needed:',
    '  k8s.gcr.io/kube-proxy:v1.21.14',
    '  k8s.gcr.io/kube-proxy:v1.22.17',
  ])
})

it('gives programs the same as data', () => {
  const data = JSON.parse(listText({ hosts, version: 'v1.22.17' }, 'json', 80))
  expect(data).toMatchObject({
    version: 'v1.22.17',
    hosts: [
      {
        node: 'w1',
        role: 'Worker',
        hops: [
          { version: 'v1.21.14', there: true, images: [{ name: 'k8s.gcr.io/kube-proxy:v1.21.14', there: true, bytes: 100_000_000 }] },
          {
            version: 'v1.22.17',
            there: false,
            packages: [{ name: 'kubeadm', exactly: 'kubeadm=1.22.17-*', there: false, bytes: 10_485_760 }, {}, {}],
          },
        ],
      },
      { node: 'w2', hops: [], problem: expect.stringContaining('cannot be reached') },
    ],
    everything: { images: ['k8s.gcr.io/kube-proxy:v1.21.14', 'k8s.gcr.io/kube-proxy:v1.22.17'] },
  })
  expect(parse(listText({ hosts, version: 'v1.22.17' }, 'yaml', 80))).toEqual(data)
})

it('of k3s has the files of releases, where they are published, and no columns that say nothing', () => {
  const facts = hostFacts({ name: 's1', role: 'server', version: 'v1.33.7+k3s1' })
  const sizes = new Map([['v1.34.3+k3s1 k3s', 70 * 2 ** 20]])
  const orders = prepareOrders('s1', ['v1.34.3+k3s1'], true)
  const preparation = planHost(orders, { facts, stock: parseHostStock(''), refusal: undefined, sizes })
  const server: LookedHost = { node: nodeOverview({ metadata: { name: 's1' } }), host, orders, kind: 'Seen', facts, sizes, preparation }
  const problem = 'the checksums of the release cannot be read from a place (no answer): name a mirror'
  expect(listText({ hosts: [server], version: 'v1.34.3+k3s1', problems: [problem] }, 'table', 100).split('\n')).toEqual([
    'HOST   HOP            FILES',
    's1     v1.34.3+k3s1   0 of 1 there, 70 MiB to come',
    '',
    `✘ ${problem}`,
    '',
    'Files of releases that are needed:',
    '  v1.34.3+k3s1/k3s',
    '  v1.34.3+k3s1/sha256sum-amd64.txt',
  ])
})

it('names what a folder has to have, and what of it is missing there', () => {
  const proxy = { file: 'k8s.gcr.io_kube-proxy_v1.21.14.tar', found: { name: 'k8s.gcr.io_kube-proxy_v1.21.14.tar', bytes: 90 * 2 ** 20 } }
  const needs = [{ file: 'kubeadm_1.21.14-*_amd64.deb' }, proxy]
  needs.push({ file: 'kubelet_1.21.14-*_amd64.deb', found: { name: 'kubelet_1.21.14-00_amd64.deb', bytes: 19 * 2 ** 20 } })
  const list = { hosts, version: 'v1.22.17', folder: { path: '/media', needs } }
  expect(listText(list, 'table', 80).split('\n').slice(-4)).toEqual([
    'Files that are needed in /media:',
    '  kubeadm_1.21.14-*_amd64.deb          missing',
    '  k8s.gcr.io_kube-proxy_v1.21.14.tar   90 MiB',
    '  kubelet_1.21.14-*_amd64.deb          kubelet_1.21.14-00_amd64.deb, 19 MiB',
  ])
  expect(listText({ ...list, folder: { path: '/media', needs: [] } }, 'table', 80)).toContain('\nNothing of /media is needed any more.')
  expect(JSON.parse(listText(list, 'json', 80))).toMatchObject({ folder: { path: '/media', needs } })
})
