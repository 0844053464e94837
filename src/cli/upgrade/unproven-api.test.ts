import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../../core/host/host-facts.ts'
import type { Host } from '../../node/host.ts'
import { unprovenApi } from './unproven-api.ts'

const shared = 'https://10.0.0.100:6443'
const found = JSON.parse(readFileSync(join(import.meta.dirname, '../../core/host/testdata/kubeadm-containerd.facts.json'), 'utf8'))

function facts(address: string): HostFacts {
  const staticPods = [{ path: '/etc/kubernetes/manifests/kube-apiserver.yaml', arguments: [`--advertise-address=${address}`] }]
  const read = parseHostFacts(JSON.stringify({ ...found, staticPods }))
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts
}

const certificate = (name: string) => Buffer.from(name).toString('hex').padStart(64, '0')

/** A host whose connections come to these control planes. */
function host(name: string, behind: readonly string[], ready = 'ok'): Pick<Host, 'run'> {
  const answer = {
    format: 'falkirk.dev/api-path/v1',
    api: {},
    own: { place: `10.0.0.${name.slice(2)}:6443`, ready, certificate: certificate(name) },
    asked: [{ server: shared, failed: '0', seen: behind.map((one) => ({ certificate: certificate(one), count: '10' })) }],
    unread: [],
    cut: 'no',
    complete: 'yes',
  }
  return { run: async () => ({ exitCode: 0, stdout: JSON.stringify(answer), stderr: '' }) }
}

const told = new Map([
  ['cp1', facts('10.0.0.1')],
  ['cp2', facts('10.0.0.2')],
])

it.each([
  { what: 'all of them', behind: ['cp1', 'cp2'], says: [] },
  {
    what: 'a balancer with a certificate of its own',
    behind: ['lb'],
    says: [expect.stringMatching(/a balancer ends TLS there, and nobody can tell/)],
  },
  {
    what: 'one alone',
    behind: ['cp1'],
    says: [expect.stringMatching(/^behind \S+ cp1 answered 20 new connections from cp1 and cp2, and cp2 none: put /)],
  },
])('before an upgrade begins says of an address behind which $what answered: $says', async ({ behind, says }) => {
  expect(await unprovenApi(told, (name) => host(name, behind))).toEqual(says)
})

it('leaves to the run what holds it, and asks nothing where there is one control plane', async () => {
  expect(await unprovenApi(told, (name) => host(name, ['cp1', 'cp2'], name === 'cp2' ? 'nothing' : 'ok'))).toEqual([])
  const one = new Map([...told].slice(0, 1))
  expect(await unprovenApi(one, () => ({ run: () => Promise.reject(new Error('nobody is to be asked')) }))).toEqual([])
})
