import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../host/host-facts.ts'
import { addressHolders } from './address-holders.ts'

const found = JSON.parse(readFileSync(join(import.meta.dirname, '../host/testdata/kubeadm-containerd.facts.json'), 'utf8'))
const file = '/etc/kubernetes/kubelet.conf'

function controlPlane(own: string, { server = 'https://10.0.0.100:6443', also = [] as readonly string[] } = {}): HostFacts {
  const staticPods = [{ path: '/etc/kubernetes/manifests/kube-apiserver.yaml', arguments: [`--advertise-address=${own}`] }]
  const names = [{ name: 'api.example', addresses: ['10.0.0.100'] }]
  const read = parseHostFacts(
    JSON.stringify({ ...found, staticPods, api: { servers: [{ file, server }], addresses: [own, ...also], names } }),
  )
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts
}

const cp2 = controlPlane('10.0.0.2')

it.each([
  { what: 'a virtual address', cp1: { also: ['10.0.0.100'] }, holders: ['cp1'] },
  { what: 'one that has a name', cp1: { server: 'https://api.example:6443', also: ['10.0.0.100'] }, holders: ['cp1'] },
  { what: 'a balancer elsewhere', cp1: {}, holders: [] },
  { what: 'the address of one control plane, which is no other', cp1: { server: 'https://10.0.0.1:6443' }, holders: [] },
])('$what is with $holders', ({ cp1, holders }) => {
  expect(
    addressHolders(
      new Map([
        ['cp1', controlPlane('10.0.0.1', cp1)],
        ['cp2', cp2],
      ]),
    ),
  ).toEqual(holders)
})
