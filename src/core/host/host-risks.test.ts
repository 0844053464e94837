import { expect, it } from 'vitest'
import { nodeFacts } from '../recipe/kubeadm/node-facts.test-support.ts'
import type { HostFacts } from './host-facts.ts'
import { hostRisks } from './host-risks.ts'

const version = 'v1.30.14'

function worker(name: string, change: Partial<HostFacts> = {}): readonly [string, HostFacts] {
  return [name, { ...nodeFacts({ name, role: 'Worker', version }), ...change }]
}

it('tells once what many hosts have, and nothing of those that are well', () => {
  const tomorrow = { certificates: [{ path: '/var/lib/kubelet/pki/kubelet-client-current.pem', notAfter: '261123120000Z' }] }
  const some = ['w1', 'w2', 'w4', 'w5'].map((name) => worker(name, tomorrow))
  expect(hostRisks(new Map([worker('w3'), ...some]), new Map())).toEqual([
    expect.stringMatching(
      /^w1, w2 and 2 more: \/var\/lib\/kubelet\/pki\/kubelet-client-current\.pem ends (today|in 1 day): see that rotateCertificates/,
    ),
  ])
})

it('leaves out what a step looks after, and what is told elsewhere', () => {
  const busy = {
    packages: { ...nodeFacts({ name: 'w1', role: 'Worker', version }).packages, lock: { file: '/var/lib/dpkg/lock', pid: 7 } },
  }
  expect(hostRisks(new Map([worker('w1', { ...busy, fstabSwaps: 1 })]), new Map([['w1', 'v1.31.5']]))).toEqual([
    expect.stringMatching(/^w1: swap is off now, but \/etc\/fstab turns it on/),
  ])
})
