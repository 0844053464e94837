import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../host/host-facts.ts'
import { kubeconfigProblem } from './kubeconfig-way.ts'
import { wayRisks } from './way-risks.ts'

const found = JSON.parse(readFileSync(join(import.meta.dirname, '../host/testdata/kubeadm-containerd.facts.json'), 'utf8'))

function facts(server: string, advertised?: string): HostFacts {
  const path = '/etc/kubernetes/manifests/kube-apiserver.yaml'
  const staticPods = advertised === undefined ? [] : [{ path, arguments: [`--advertise-address=${advertised}`] }]
  const api = { servers: [{ file: '/etc/kubernetes/kubelet.conf', server }] }
  const read = parseHostFacts(JSON.stringify({ ...found, staticPods, api }))
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts
}

const servers = [
  ['cp1', facts('https://10.0.0.1:6443', '10.0.0.1')],
  ['cp2', facts('https://10.0.0.2:6443', '10.0.0.2')],
] as const
const workers = (count: number, server: string) => Array.from({ length: count }, (_, index) => [`w${index + 1}`, facts(server)] as const)

describe('before hosts are upgraded', () => {
  it('says once which of them hang on one control plane', () => {
    expect(wayRisks(new Map([...servers, ...workers(5, 'https://10.0.0.1:6443')]))).toEqual([
      'w1, w2 and 3 more: the kubelet reaches the API at cp1 alone (https://10.0.0.1:6443): its node is NotReady while the API server there is replaced: put a balancer or a virtual address in front of all control planes, and name it in /etc/kubernetes/kubelet.conf, then restart the kubelet',
    ])
  })

  it('says nothing where all is well', () => {
    expect(wayRisks(new Map([...servers, ...workers(5, 'https://10.0.0.100:6443')]))).toEqual([])
  })
})

describe('a kubeconfig', () => {
  const members = [
    { name: 'cp1', address: '10.0.0.1', port: 6443 },
    { name: 'cp2', address: 'fd00::2', port: 6443 },
  ]
  it.each([
    { server: 'https://10.0.0.1:6443', says: /^the kubeconfig leads to the API server of cp1 alone \(https:\/\/10\.0\.0\.1:6443\)/ },
    { server: 'https://[FD00::2]:6443', says: /^the kubeconfig leads to the API server of cp2 alone/ },
    { server: 'https://10.0.0.100:6443', says: undefined },
    { server: 'https://10.0.0.1:8443', says: undefined },
    { server: 'https://api.example/k8s/clusters/c-1', says: undefined },
  ])('with $server: $says', ({ server, says }) => {
    const problem = kubeconfigProblem(server, members)
    if (says === undefined) expect(problem).toBeUndefined()
    else expect(problem).toMatch(says)
    expect(kubeconfigProblem(server, members.slice(0, 1))).toBeUndefined()
  })
})
