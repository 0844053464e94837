import { describe, expect, it } from 'vitest'
import { type NodeLook, nodeFacts } from '../recipe/kubeadm/node-facts.test-support.ts'
import { folderProblem, planFolder } from './folder-plan.ts'
import { parseHostStock } from './host-stock.ts'
import { planHost, prepareOrders } from './plan-preparation.ts'

const look: NodeLook = { name: 'w1', role: 'Worker', version: 'v1.33.4' }

function host(of: Partial<NodeLook>, versions: readonly string[], output = '') {
  const facts = nodeFacts({ ...look, ...of })
  const orders = prepareOrders(of.name ?? look.name, versions, (of.role ?? look.role) === 'ControlPlane')
  return planHost(orders, { facts, stock: parseHostStock(output), refusal: undefined })
}

const entries = (...names: readonly string[]) => names.map((name, index) => ({ name, bytes: index }))
const proxy = 'registry.k8s.io_kube-proxy_v1.34.2.tar'
const debs = ['kubeadm_1.34.2-1.1_amd64.deb', 'kubectl_1.34.2-1.1_amd64.deb', 'kubelet_1.34.2-1.1_amd64.deb']

describe('a folder', () => {
  it('is asked for packages by version and architecture, and for an archive for each image', () => {
    const { needs } = planFolder([host({}, ['v1.34.2']), host({ name: 'w2', manager: 'dnf' }, ['v1.34.2'])], [])
    const files = needs.map(({ file }) => file)
    expect(files).toEqual([
      'kubeadm-1.34.2-*.x86_64.rpm',
      'kubeadm_1.34.2-*_amd64.deb',
      'kubectl-1.34.2-*.x86_64.rpm',
      'kubectl_1.34.2-*_amd64.deb',
      'kubelet-1.34.2-*.x86_64.rpm',
      'kubelet_1.34.2-*_amd64.deb',
      proxy,
    ])
    expect(folderProblem('/media', needs)).toBe(`/media lacks ${files.join(', ')}: bring them there; nothing was copied`)
  })

  const sentTo = (preparation: ReturnType<typeof host>, names: readonly string[]) =>
    [...planFolder([preparation], entries(...names)).sent.values()].map((files) => files.map(({ name }) => name))

  it.each([
    { title: 'what fits and nothing else', names: [...debs, proxy, 'kubeadm_1.34.20-1.1_amd64.deb', 'notes.txt'], sent: [...debs, proxy] },
    {
      title: 'the newest build',
      names: [...debs, proxy, 'kubelet_1.34.2-1.10_amd64.deb', 'kubelet_1.34.2-1.9_amd64.deb'],
      sent: [debs[0], 'kubelet_1.34.2-1.10_amd64.deb', debs[1], proxy],
    },
    { title: 'no package of another architecture', names: ['kubeadm_1.34.2-1.1_arm64.deb', proxy], sent: [proxy] },
    {
      title: 'beside packages those that they ask for, none of a later minor',
      names: [
        ...debs,
        proxy,
        'cri-tools_1.34.0-1.1_amd64.deb',
        'cri-tools_1.35.0-1.1_amd64.deb',
        'kubernetes-cni_1.7.1-1.1_amd64.deb',
        'kubernetes-cni_1.7.1-1.1_arm64.deb',
      ],
      sent: [...debs, 'cri-tools_1.34.0-1.1_amd64.deb', 'kubernetes-cni_1.7.1-1.1_amd64.deb', proxy],
    },
  ])('sends $title', ({ names, sent }) => {
    expect(
      sentTo(host({}, ['v1.34.2']), names)
        .flat()
        .toSorted(),
    ).toEqual([...sent].toSorted())
  })

  it('is not asked for what a host has, but for all packages of a hop together', () => {
    const there = ['kubeadm v1.34.2', 'image registry.k8s.io/kube-proxy:v1.34.2 90MB', 'fetched kubelet 1.34.2 9']
    const some = planFolder([host({}, ['v1.34.2'], there.join('\n'))], [])
    expect(some.needs.map(({ file }) => file)).toEqual([
      'kubeadm_1.34.2-*_amd64.deb',
      'kubectl_1.34.2-*_amd64.deb',
      'kubelet_1.34.2-*_amd64.deb',
    ])
    const all = [...there, 'fetched kubeadm 1.34.2 9', 'fetched kubectl 1.34.2 9'].join('\n')
    expect(planFolder([host({}, ['v1.34.2'], all)], []).needs).toEqual([])
    expect(folderProblem('/media', [])).toBeUndefined()
    // what stopped it may be a package that these ask for
    const stopped = planFolder(
      [host({}, ['v1.34.2'], all.replace('kubeadm v1.34.2\n', ''))],
      entries(...debs, 'kubernetes-cni_1.7.1-1.1_amd64.deb'),
    )
    expect([...stopped.sent.values()].flat()).toHaveLength(4)
  })

  it('is asked for programs as releases have them, with their digests, where no package owns them', () => {
    const { needs } = planFolder([host({ binaries: true }, ['v1.34.2'])], entries('v1.34.2/bin/linux/amd64/kubelet'))
    expect(needs.filter(({ found }) => found === undefined).map(({ file }) => file)).toContain('v1.34.2/bin/linux/amd64/kubelet.sha256')
    expect(needs.find(({ file }) => file === 'v1.34.2/bin/linux/amd64/kubelet')).toHaveProperty('found')
  })
})
