import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HostFacts } from '../../host/host-facts.ts'
import type { HostOrder } from '../host-order.ts'
import { type PlannedOrder, transcript } from '../transcript.ts'
import { factsAfter } from './facts-after.ts'
import { flagFault } from './kubeadm-flags.test-support.ts'
import { type NodeLook, nodeFacts } from './node-facts.test-support.ts'

const digest = '0123456789abcdef'.repeat(4)
const binaries = { kubeadm: { sha256: digest }, kubelet: { sha256: digest } }

interface Hop {
  readonly version: string
  /** Nodes by part; a node that is not named is not touched. */
  readonly first?: string
  readonly others?: readonly string[]
  readonly workers?: readonly string[]
  /** etcd's image as somebody pinned it before this hop. */
  readonly etcd?: string
}

/** All orders of a way, each with the host as it is found then. */
function plan(hops: readonly Hop[], looks: readonly NodeLook[]): readonly PlannedOrder[] {
  const facts = new Map(looks.map((look) => [look.name, nodeFacts(look)]))
  const planned: PlannedOrder[] = []
  const give = (node: string, part: HostOrder['part'], { version, etcd }: Hop) => {
    for (const step of ['Stage', 'Change'] as const) {
      const order: HostOrder = {
        run: 'uid',
        node,
        step,
        distribution: 'kubeadm',
        version,
        part,
        ...(part === 'Worker' ? { binaries } : {}),
      }
      const found = withEtcd(facts.get(node) as HostFacts, etcd)
      planned.push({ order, facts: found })
      facts.set(node, factsAfter(order, found))
    }
  }
  for (const hop of hops) {
    if (hop.first !== undefined) give(hop.first, 'FirstControlPlane', hop)
    for (const node of hop.others ?? []) give(node, 'ControlPlane', hop)
    for (const node of hop.workers ?? []) give(node, 'Worker', hop)
  }
  return planned
}

function withEtcd(facts: HostFacts, tag: string | undefined): HostFacts {
  if (tag === undefined) return facts
  return {
    ...facts,
    staticPods: facts.staticPods.map((pod) => (pod.path.includes('etcd') ? { ...pod, image: `registry.k8s.io/etcd:${tag}` } : pod)),
  }
}

const repositoryOf = (kind: 'deb' | 'rpm') => `https://pkgs.k8s.io/core:/stable:/v1.24/${kind}/ /`
const sinceOwnRepositories: readonly Hop[] = [
  'v1.25.16',
  'v1.26.15',
  'v1.27.16',
  'v1.28.15',
  'v1.29.15',
  'v1.30.14',
  'v1.31.14',
  'v1.32.13',
  'v1.33.13',
  'v1.34.11',
  'v1.35.8',
  'v1.36.4',
  'v1.37.0',
].map((version) => ({
  version,
  first: 'cp1',
  // a kubelet up to 1.28 follows each minor; what is newer may be left three behind
  ...(/1\.(25|26|27|28|31|34|37)\./.test(version) ? { others: ['cp2'], workers: ['w1'] } : { others: ['cp2'] }),
  ...(version === 'v1.34.11' ? { etcd: '3.5.26-0' } : {}),
  ...(version === 'v1.37.0' ? { etcd: '3.6.12-0' } : {}),
}))

const ways: readonly { readonly file: string; readonly planned: readonly PlannedOrder[] }[] = [
  {
    file: 'from-1.14-docker-binaries.txt',
    planned: plan(
      ['v1.15.12', 'v1.16.15', 'v1.17.17', 'v1.18.20', 'v1.19.16', 'v1.20.15', 'v1.21.14'].map((version) => ({
        version,
        first: 'cp1',
        others: ['cp2'],
        workers: ['w1'],
      })),
      [
        { name: 'cp1', role: 'ControlPlane', version: 'v1.14.5', docker: true },
        { name: 'cp2', role: 'ControlPlane', version: 'v1.14.5', docker: true },
        {
          name: 'w1',
          role: 'Worker',
          version: 'v1.14.5',
          docker: true,
          binaries: true,
          kubeletFlags: '--allow-privileged=true --network-plugin=cni',
        },
      ],
    ),
  },
  ...(['apt-get', 'dnf'] as const).map((manager) => ({
    file: `from-1.24-${manager === 'apt-get' ? 'apt' : 'dnf'}.txt`,
    planned: plan(
      sinceOwnRepositories,
      (['cp1', 'cp2', 'w1'] as const).map((name) => ({
        name,
        role: name === 'w1' ? ('Worker' as const) : ('ControlPlane' as const),
        version: 'v1.24.17',
        manager,
        repository: repositoryOf(manager === 'apt-get' ? 'deb' : 'rpm'),
        kubeletFlags: '--pod-infra-container-image=registry.k8s.io/pause:3.7 --container-runtime=remote',
      })),
    ),
  })),
]

describe('what would be run, host by host', () => {
  it.each(ways)('stands in $file', ({ file, planned }) => {
    const path = new URL(`./testdata/${file}`, import.meta.url)
    // an order's own number says nothing to whoever reads this
    const text = transcript(planned).replaceAll(/(?<=\/backup\/)[0-9a-f]{12}/g, 'CHANGE')
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(path, text)
    expect(text).toBe(readFileSync(path, 'utf8'))
  })

  it.each(ways)('has in $file no flag of kubeadm that its version does not know', ({ planned }) => {
    const faults = planned.flatMap((each) => {
      const lines = transcript([each]).split('\n')
      const installed = each.facts.programs.find(({ name }) => name === 'kubeadm')?.version ?? ''
      return lines.flatMap((line) => flagFault(line, { target: each.order.version, installed }) ?? [])
    })
    expect(faults).toEqual([])
  })
})
