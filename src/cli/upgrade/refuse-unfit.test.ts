import { expect, it } from 'vitest'
import type { ApiClient } from '../../cluster/api-client.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import { nodeFacts } from '../../core/recipe/kubeadm/node-facts.test-support.ts'
import { anUpgrade } from '../../core/upgrade/run-world.test-support.ts'
import { shippedReleases } from '../../core/version/shipped-releases.ts'
import { refuseUnfit } from './refuse-unfit.ts'

const version = 'v1.30.14'
const names = ['cp1', 'w1', 'w2']

/** A cluster of one control plane and two workers, all at the same version. */
function client(): ApiClient {
  const items = names.map((name) => ({
    metadata: { name, uid: name, labels: name.startsWith('cp') ? { 'node-role.kubernetes.io/control-plane': '' } : {}, annotations: {} },
    spec: {},
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { kubeletVersion: version, bootID: 'boot', machineID: name, containerRuntimeVersion: 'containerd://1.7.24' },
    },
  }))
  const of = (plural: string) => (plural === 'nodes' ? items : [])
  return {
    clock: { now: () => Date.parse('2026-11-22T00:00:00Z') },
    capabilities: { gitVersion: version, policyVersion: 'v1' },
    transport: { json: async () => ({ metadata: {}, items: [] }) },
    list: async ({ plural }: { plural: string }, { trim }: { trim: (raw: unknown) => unknown }) => void of(plural).map(trim),
  } as unknown as ApiClient
}

function asked(changes: Readonly<Record<string, Partial<HostFacts>>>, to = 'v1.31.5'): Promise<readonly string[]> {
  const upgrade = anUpgrade({ version: to, node: { via: 'SSH' } })
  const found = (name: string) => nodeFacts({ name, version, role: name.startsWith('cp') ? 'ControlPlane' : 'Worker' })
  const told = new Map(names.map((name) => [name, { ...found(name), ...changes[name] }]))
  return refuseUnfit(client(), { wish: { upgrade, object: {} as never }, told, namespace: 'falkirk', releases: shippedReleases() })
}

const swap = { swaps: [{ device: '/dev/sda2', kib: 1_048_576, usedKib: 0 }] }
const ending = { certificates: [{ path: '/var/lib/kubelet/pki/kubelet-client-current.pem', notAfter: '261123120000Z' }] }

it('lets hosts be that fit', async () => {
  expect(await asked({})).toEqual([])
})

it('refuses to begin while a host would be refused later, one sentence a host', async () => {
  await expect(asked({ w2: swap })).rejects.toThrow(/^w2: swap is on .*; nothing was touched$/)
  await expect(asked({ cp1: swap, w2: swap })).rejects.toThrow(
    /^2 hosts cannot be changed\n {2}cp1: swap is on .*\n {2}w2: swap is on [^\n]*$/,
  )
})

it('tells what may go wrong on the way, and of hosts alone that the run comes to', async () => {
  expect(await asked({ w1: ending })).toEqual([
    expect.stringMatching(/^w1: .*kubelet-client-current\.pem ends in 1 day: see that rotateCertificates/),
  ])
  expect(await asked({ w1: ending }, version)).toEqual([])
})
