import { describe, expect, it } from 'vitest'
import { type HostLook, hostFacts } from '../recipe/k3s/host-facts.test-support.ts'
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
    const file = 'registry.k8s.io_kube-proxy_v1.25.16.tar'
    expect(hops[0]?.images).toEqual([{ name: 'registry.k8s.io/kube-proxy:v1.25.16', there: false, file }])
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

describe('what a host of k3s or RKE2 needs', () => {
  const digest = '1'.repeat(64)
  const images = 'k3s-airgap-images-amd64.tar.zst'
  const server: HostLook = { name: 's1', role: 'server', version: 'v1.32.11+k3s1', datastore: 'etcd' }

  function released(of: Partial<HostLook>, versions: readonly string[], output = '', sizes = new Map<string, number>()) {
    const orders = prepareOrders('s1', versions, true, () => ({ k3s: { sha256: digest } }))
    return planHost(orders, { facts: hostFacts({ ...server, ...of }), stock: parseHostStock(output), refusal: undefined, sizes })
  }

  it.each([
    { title: 'its program', of: {}, to: 'v1.33.7+k3s1', files: ['v1.33.7+k3s1/k3s'] },
    {
      title: 'beside it archives of images that it has',
      of: { images: [images] },
      to: 'v1.33.7+k3s1',
      files: ['v1.33.7+k3s1/k3s', `v1.33.7+k3s1/${images}`],
    },
    { title: 'its archive', of: { version: 'v1.32.13+rke2r1' }, to: 'v1.33.10+rke2r3', files: ['v1.33.10+rke2r3/rke2.linux-amd64.tar.gz'] },
    { title: 'that of its architecture', of: { machine: 'aarch64' }, to: 'v1.33.7+k3s1', files: ['v1.33.7+k3s1/k3s-arm64'] },
  ])('is $title of each hop, and no package', ({ of, to, files }) => {
    const [hop] = released(of, [to]).hops
    expect(hop?.files.map(({ file }) => file)).toEqual(files)
    expect(hop).toMatchObject({ packages: [], images: [], there: false })
    expect(hop).not.toHaveProperty('kubeadm')
  })

  it('is there when it was brought by the digest that is asked for, and its size is told before', () => {
    const hops = ['v1.33.7+k3s1', 'v1.34.3+k3s1', 'v1.35.1+k3s1']
    const output = [
      `file v1.33.7+k3s1 k3s ${digest} 70000000`,
      `file v1.34.3+k3s1 k3s ${'2'.repeat(64)} 7`,
      'file v1.35.1+k3s1 k3s $(reboot) 7',
    ]
    const sizes = new Map([['v1.34.3+k3s1 k3s', 71_000_000]])
    const found = released({}, hops, output.join('\n'), sizes).hops.map(({ there, files }) => [there, files[0]?.bytes])
    expect(found).toEqual([
      [true, 70_000_000],
      [false, 71_000_000],
      [false, undefined],
    ])
  })

  it('of all hosts is told with what has the digests', () => {
    expect(everything([released({}, ['v1.33.7+k3s1']), released({ name: 's2' }, ['v1.33.7+k3s1'])]).files).toEqual([
      'v1.33.7+k3s1/k3s',
      'v1.33.7+k3s1/sha256sum-amd64.txt',
    ])
  })

  it.each([
    { title: 'unpacked beside itself', of: { version: 'v1.32.13+rke2r1' }, to: 'v1.33.10+rke2r3', size: 60_000_000, needs: '229 MiB' },
    { title: 'as it usually is', of: {}, to: 'v1.33.7+k3s1', size: undefined, needs: '80 MiB' },
  ])('does not fit where it has no room, $title', ({ of, to, size, needs }) => {
    const file = to.includes('rke2') ? 'rke2.linux-amd64.tar.gz' : 'k3s'
    const sizes = new Map(size === undefined ? [] : [[`${to} ${file}`, size] as const])
    expect(released({ ...of, freeKib: 60_000 }, [to], '', sizes).problem).toMatch(
      new RegExp(`^\\S+ has 59 MiB left, and files of releases need about ${needs}: make room, or prepare fewer hops`),
    )
    expect(released({ ...of, freeKib: 300_000 }, [to], '', sizes)).not.toHaveProperty('problem')
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
