import { describe, expect, it } from 'vitest'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { upgradeSettings } from '../api/upgrade-settings.ts'
import { RunWorld, server, several, someUpgradeFacts, to, worker } from '../run-world.test-support.ts'
import type { ClusterHealth } from './cluster-health.ts'
import { findings, healthBefore } from './verify-cluster.ts'

const well: ClusterHealth = { atMs: 0, troubles: [], components: [], unread: [] }
const trouble = (what: string, missing: number) => ({ what, missing, told: `lacks ${missing}` })

function found(
  before: Partial<ClusterHealth>,
  after: Partial<ClusterHealth>,
  more: { notReady?: readonly [boolean, boolean]; scope?: 'Pools'; apiServer?: string } = {},
): readonly string[] {
  const [was, is] = more.notReady ?? [false, false]
  const kept = healthBefore({ ...well, ...before }, [worker(0, { ready: !was })], 0)
  const facts = someUpgradeFacts([worker(0, { ready: !is })], { apiServer: more.apiServer ?? to })
  const target = parseVersion(to)
  if (target === undefined) throw new Error(to)
  const settings = upgradeSettings({ version: to, ...(more.scope === undefined ? {} : { scope: more.scope }) })
  return findings(kept, { ...well, ...after }, { facts, target, settings })
}

describe('findings', () => {
  const web = 'Deployment default/web'
  it.each([
    { what: 'all is well', before: {}, after: {}, told: [] },
    { what: 'as bad as before', before: { troubles: [trouble(web, 2)] }, after: { troubles: [trouble(web, 2)] }, told: [] },
    { what: 'better', before: { troubles: [trouble(web, 2)] }, after: { troubles: [trouble(web, 1)] }, told: [] },
    {
      what: 'worse',
      before: { troubles: [trouble(web, 1)] },
      after: { troubles: [trouble(web, 2)] },
      told: [`${web} lacks 2, and was better before the run`],
    },
    { what: 'new', before: {}, after: { troubles: [trouble(web, 1)] }, told: [`${web} lacks 1, and was better before the run`] },
    {
      what: 'an old component',
      before: {},
      after: { components: [{ pod: 'kube-system/kube-proxy-x', version: 'v1.30.4' }] },
      told: [`Pod kube-system/kube-proxy-x runs v1.30.4, older than ${to}`],
    },
    {
      what: 'a component of the version',
      before: {},
      after: { components: [{ pod: 'kube-system/kube-proxy-x', version: 'v1.31.5' }] },
      told: [],
    },
    {
      what: 'a member of etcd that was passed over',
      before: {},
      after: {
        components: [
          { pod: 'kube-system/etcd-cp1', version: '3.4.3', of: 'Etcd' as const },
          { pod: 'kube-system/etcd-cp2', version: '3.3.15', of: 'Etcd' as const },
        ],
      },
      told: ['Pod kube-system/etcd-cp2 runs etcd 3.3.15, and another member 3.4.3: run kubeadm upgrade node there again'],
    },
    {
      what: 'members of etcd that are alike',
      before: {},
      after: { components: ['cp1', 'cp2'].map((name) => ({ pod: `kube-system/etcd-${name}`, version: '3.5.24', of: 'Etcd' as const })) },
      told: [],
    },
    {
      what: 'not readable',
      before: { unread: ['x may not be listed'] },
      after: { unread: ['x may not be listed'] },
      told: ['not compared: x may not be listed'],
    },
  ])('$what', ({ before, after, told }) => {
    expect(found(before, after)).toEqual(told)
  })

  it('name a node that became NotReady, and none that was before', () => {
    expect(found({}, {}, { notReady: [false, true] })).toEqual(['Node worker-0 is not Ready, and was better before the run'])
    expect(found({}, {}, { notReady: [true, true] })).toEqual([])
  })

  it('hold nothing against the run that a proxy in front says of itself: an API server that is old keeps it from ending', () => {
    expect(found({}, {}, { apiServer: 'v1.20.0' })).toEqual([])
  })

  it('hold nothing of the control plane against an upgrade of pools', () => {
    expect(found({}, { components: [{ pod: 'kube-system/x', version: 'v1.30.4' }] }, { scope: 'Pools' })).toEqual([])
  })

  it('stay few, and what was too much to be kept is not held against the run', () => {
    const many = several(5_000, (index) => trouble(`Deployment namespace-${index}/a-name-of-some-length`, 1))
    expect(found({}, { troubles: many })).toHaveLength(30)
    expect(found({}, { troubles: many }).at(-1)).toBe('and 4971 more')
    expect(found({ troubles: many }, { troubles: many })).toEqual([])
    expect(JSON.stringify(healthBefore({ ...well, troubles: many }, [], 0)).length).toBeLessThan(12_000)
  })
})

describe('a run', () => {
  it('begins with no node before stock was taken, and keeps it', () => {
    const world = new RunWorld([server(0), worker(0)])
    const { health: _, ...facts } = world.facts
    world.facts = facts
    world.health = { ...world.health, troubles: [trouble('Deployment default/web', 1)] }
    const { decision } = world.turn()
    expect(decision).toMatchObject({ actions: [], readsHealth: true, status: { message: 'takes stock of the cluster before it begins' } })
    world.untilPhase('Complete')
    expect(world.status.before?.troubles).toEqual([{ what: 'Deployment default/web', missing: 1 }])
  })

  it('that was begun by a Falkirk that took no stock ends as before', () => {
    const world = new RunWorld([server(0), worker(0)])
    world.until(() => world.entry('server-0') !== undefined)
    const { before: _, ...status } = world.status
    world.facts = { ...world.facts, upgrade: { ...world.facts.upgrade, status } }
    world.health = { ...world.health, troubles: [trouble('Deployment default/web', 1)] }
    world.untilPhase('Complete')
  })

  it('waits as long as a soak may take for what is worse, and not at all where nothing is waited for', () => {
    const ended = (spec: object) => {
      const world = new RunWorld([server(0), worker(0)])
      world.edit({ soak: { timeout: '1m', ...spec } })
      world.until(() => world.entry('worker-0') !== undefined)
      world.health = { ...world.health, troubles: [trouble('Deployment default/web', 1)] }
      world.until(({ status }) => status.progress?.nodes === '1/1' && status.inFlight?.length === 0)
      const sinceMs = world.nowMs
      world.untilPhase('CompletedWithFindings')
      return world.nowMs - sinceMs
    }
    expect(ended({})).toBe(60_000)
    expect(ended({ displacedPodsReady: false })).toBeLessThan(10_000)
  })

  it('looks anew when it gets another version', () => {
    const world = new RunWorld([server(0), worker(0)])
    world.untilPhase('Complete')
    world.health = { ...world.health, troubles: [trouble('Deployment default/new', 1)] }
    world.nowMs += 3_600_000
    world.edit({ version: 'v1.31.9+k3s1' })
    world.untilPhase('Complete')
    expect(world.status.before?.troubles).toEqual([{ what: 'Deployment default/new', missing: 1 }])
  })
})
