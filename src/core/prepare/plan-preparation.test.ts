import { describe, expect, it } from 'vitest'
import { type NodeLook, nodeFacts } from '../recipe/kubeadm/node-facts.test-support.ts'
import { parseHostStock } from './host-stock.ts'
import { everything, hopsByNode, planHost, prepareOrders } from './plan-preparation.ts'

const none = parseHostStock('')
const look: NodeLook = { name: 'cp1', role: 'ControlPlane', version: 'v1.20.15' }

function planned(of: Partial<NodeLook>, versions: readonly string[], output = '') {
  const facts = nodeFacts({ ...look, ...of })
  const orders = prepareOrders(of.name ?? look.name, versions, (of.role ?? look.role) === 'ControlPlane')
  return planHost(orders, { facts, stock: parseHostStock(output), refusal: undefined })
}

describe('what a host needs', () => {
  it('is what each hop that its node comes to needs, a worker skips hops, and another only gets packages of its system', () => {
    const turn = (node: string, to: string) => ({ node, to, from: 'v1.20.15', hop: { version: to, number: 1, of: 2 } })
    const hops = hopsByNode([turn('cp1', 'v1.21.14'), turn('cp1', 'v1.22.17'), turn('w1', 'v1.22.17'), turn('w2', 'v1.20.15')])
    expect([...hops]).toEqual([
      ['cp1', ['v1.21.14', 'v1.22.17']],
      ['w1', ['v1.22.17']],
    ])
  })

  it('on a control plane: packages by exact version, and kubeadm’s images', () => {
    const [hop] = planned({}, ['v1.21.14']).hops
    expect(hop?.packages.map(({ exactly }) => exactly)).toEqual(['kubeadm=1.21.14-*', 'kubelet=1.21.14-*', 'kubectl=1.21.14-*'])
    expect(hop?.images.map(({ name }) => name)).toEqual([
      'k8s.gcr.io/kube-apiserver:v1.21.14',
      'k8s.gcr.io/kube-controller-manager:v1.21.14',
      'k8s.gcr.io/kube-scheduler:v1.21.14',
      'k8s.gcr.io/kube-proxy:v1.21.14',
      'k8s.gcr.io/pause:3.4.1',
      'k8s.gcr.io/etcd:3.4.13-0',
      'k8s.gcr.io/coredns/coredns:v1.8.0',
    ])
    expect(hop).toMatchObject({ exactImages: false, there: false })
  })

  it('on a worker: kube-proxy alone', () => {
    const { role, hops } = planned({ name: 'w1', role: 'Worker', manager: 'dnf' }, ['v1.25.16'])
    expect(role).toBe('Worker')
    expect(hops[0]?.packages[0]?.exactly).toBe('kubeadm-1.25.16-*')
    expect(hops[0]?.images).toEqual([{ name: 'registry.k8s.io/kube-proxy:v1.25.16', there: false }])
  })

  it('is told with what is there, its size, and the images as kubeadm itself lists them', () => {
    const output = [
      'kubeadm v1.21.14',
      'list v1.21.14 mirror/kube-apiserver:v1.21.14',
      'list v1.21.14 mirror/pause:3.4.1',
      'fetched kubeadm 1.21.14 9000000',
      'offered kubelet 1.21.14 19000000',
      'image mirror/pause:3.4.1 684kB',
      'image mirror/bad`name` 1GB',
      'kubeadm $(reboot)',
    ]
    const [hop] = planned({}, ['v1.21.14'], output.join('\n')).hops
    expect(hop).toMatchObject({
      exactImages: true,
      kubeadm: { name: '/var/lib/falkirk/kubeadm/v1.21.14/kubeadm', there: true },
      packages: [
        { name: 'kubeadm', there: true, bytes: 9_000_000 },
        { name: 'kubelet', there: false, bytes: 19_000_000 },
        { name: 'kubectl', there: false },
      ],
      images: [
        { name: 'mirror/kube-apiserver:v1.21.14', there: false },
        { name: 'mirror/pause:3.4.1', there: true, bytes: 684_000 },
      ],
    })
  })

  it('of all hosts together has each thing once', () => {
    const all = everything([planned({}, ['v1.21.14']), planned({ name: 'w1', role: 'Worker' }, ['v1.21.14'])])
    expect(all.packages).toEqual(['kubeadm=1.21.14-*', 'kubectl=1.21.14-*', 'kubelet=1.21.14-*'])
    expect(all.images).toHaveLength(7)
  })
})

describe('room', () => {
  const at = (freeKib: number, sizeKib = 40_000_000) => {
    const facts = nodeFacts(look)
    const disks = facts.disks.map((disk) => ({ ...disk, freeKib, sizeKib }))
    const orders = prepareOrders('cp1', ['v1.21.14', 'v1.22.17'], true)
    return planHost(orders, { facts: { ...facts, disks }, stock: none, refusal: undefined })
  }

  it('that is too small is a problem, with how much is needed', () => {
    expect(at(1_000_000).problem).toBe(
      '/var/lib has 977 MiB left, and packages and images need about 2.3 GiB: make room, or prepare fewer hops (--to an earlier version)',
    )
    expect(at(30_000_000)).not.toHaveProperty('problem')
  })

  it('that a kubelet would make again is a risk', () => {
    expect(at(6_000_000).risk).toBe(
      '/var/lib would be 91 % full, and a kubelet takes images away that nobody runs from 85 % on: make room, or prepare shortly before the upgrade',
    )
    expect(at(30_000_000)).not.toHaveProperty('risk')
  })
})
