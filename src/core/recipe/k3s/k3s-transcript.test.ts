import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hostAfter } from '../host-recipe.ts'
import { type PlannedOrder, transcript } from '../transcript.ts'
import { type HostLook, hostFacts, orderFor } from './host-facts.test-support.ts'

/** All orders of a way, servers before agents, each with the host as it is found then. */
function plan(looks: readonly HostLook[], hops: readonly { readonly version: string; readonly agents: boolean }[], at?: string) {
  const facts = new Map(looks.map((look) => [look.name, hostFacts(look)]))
  return hops.flatMap(({ version, agents }) =>
    looks
      .filter(({ role }) => role === 'server' || agents)
      .flatMap((look, index) =>
        (['Stage', 'Change'] as const).map((step): PlannedOrder => {
          const part = look.role === 'agent' ? 'Worker' : index === 0 ? 'FirstControlPlane' : 'ControlPlane'
          const planned = { order: orderFor(look, { step, version, part }, at), facts: facts.get(look.name) ?? hostFacts(look) }
          facts.set(look.name, hostAfter(planned.order, planned.facts))
          return planned
        }),
      ),
  )
}

const k3s: readonly HostLook[] = [
  { name: 'server-1', role: 'server', version: 'v1.32.11+k3s1', datastore: 'etcd' },
  { name: 'server-2', role: 'server', version: 'v1.32.11+k3s1', datastore: 'etcd' },
  { name: 'agent-1', role: 'agent', version: 'v1.32.11+k3s1' },
]
const airGapped: readonly HostLook[] = [
  { name: 'only', role: 'server', version: 'v1.33.6+k3s1', datastore: 'sqlite', images: ['k3s-airgap-images-amd64.tar.zst'] },
  { name: 'agent-1', role: 'agent', version: 'v1.33.6+k3s1', images: ['k3s-airgap-images-amd64.tar.zst'] },
]
const rke2: readonly HostLook[] = [
  { name: 'server-1', role: 'server', version: 'v1.32.13+rke2r1', datastore: 'etcd' },
  { name: 'server-2', role: 'server', version: 'v1.32.13+rke2r1', datastore: 'etcd', folder: '/opt/rke2/bin' },
  { name: 'agent-1', role: 'agent', version: 'v1.32.13+rke2r1', images: ['rke2-images-canal.linux-amd64.tar.zst'] },
]

const ways = [
  {
    file: 'k3s.txt',
    planned: plan(
      k3s,
      [
        { version: 'v1.33.7+k3s1', agents: false },
        { version: 'v1.34.3+k3s1', agents: true },
      ],
      'https://github.com/k3s-io/k3s/releases/download',
    ),
  },
  { file: 'k3s-air-gap.txt', planned: plan(airGapped, [{ version: 'v1.33.7+k3s1', agents: true }]) },
  { file: 'rke2.txt', planned: plan(rke2, [{ version: 'v1.33.10+rke2r3', agents: true }], 'https://mirror.example.com/rke2') },
]

describe('what would be run on hosts of k3s and RKE2', () => {
  it.each(ways)('stands in $file', ({ file, planned }) => {
    const path = new URL(`./testdata/${file}`, import.meta.url)
    // an order's own number says nothing to whoever reads this
    const text = transcript(planned).replaceAll(/(?<=\/backup\/)[0-9a-f]{12}/g, 'CHANGE')
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(path, text)
    expect(text).toBe(readFileSync(path, 'utf8'))
  })
})
