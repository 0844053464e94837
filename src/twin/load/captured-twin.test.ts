import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { captureSnapshot } from '../../cluster/snapshot/capture-snapshot.ts'
import { readSnapshot } from '../../cluster/snapshot/read-snapshot.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import type { AccessControl } from '../api/http/access.ts'
import { openAccess } from '../api/http/access.ts'
import type { DraftObject } from '../kube-object.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwin, type Twin } from '../twin.ts'
import { generateCluster } from './generator/generate-cluster.ts'
import { loadObjects } from './load-objects.ts'

const startMs = Date.parse('2026-11-21T10:00:00Z')
const admin = { username: 'admin', groups: ['system:masters'] }
const running: Twin[] = []
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'captured-'))
})
afterEach(async () => {
  for (const twin of running.splice(0)) twin.close()
  await rm(folder, { recursive: true, force: true })
})

async function twinOf(objects: readonly DraftObject[], version: string, access?: AccessControl) {
  const clock = new VirtualClock({ startMs })
  const twin = await createTwin({ clock, random: seededRandom(3), version, ...(access && { api: { access } }) })
  running.push(twin)
  const { leftOut } = await loadObjects(twin, objects)
  const kept = () =>
    twin.api.registry.store
      .list('pods')
      .map(({ metadata }) => `${metadata.name} ${metadata.uid}`)
      .sort()
  return { twin, clock, leftOut, kept }
}

function allObjects({ api: { registry } }: Twin) {
  return registry.store.resources().flatMap((resource) => registry.store.list(resource))
}

function sharedUids(twin: Twin): string[] {
  const seen = new Set<string>()
  return allObjects(twin).flatMap(({ kind, metadata: { name, uid } }) => {
    if (!seen.has(uid)) {
      seen.add(uid)
      return []
    }
    return [`${kind} ${name} ${uid}`]
  })
}

const deny = (plural: string): AccessControl => ({
  ...openAccess,
  authorize: (_user, { resource }) => ({ allowed: resource?.plural !== plural }),
})

describe('a snapshot of a cluster', () => {
  it.each(['v1.20.2', 'v1.33.1'])('makes another twin of it, at rest with the same pods (%s)', async (version) => {
    const { objects, version: full } = generateCluster({ nodes: 8, pods: 120, version, nowMs: startMs })
    const first = await twinOf(objects, full)
    await first.twin.start()
    await first.clock.advance(120_000)
    const file = join(folder, 'a')
    const captured = await captureSnapshot(first.twin.transport(admin), file, { now: () => first.clock.now(), by: 'test' })
    const snapshot = await readSnapshot(file)
    expect(snapshot.hash).toBe(captured.hash)
    expect(snapshot.objects).toHaveLength(captured.objects)
    const second = await twinOf(snapshot.objects as unknown as DraftObject[], snapshot.header.server)
    expect(second.leftOut).toEqual([])
    await second.twin.start()
    await second.clock.advance(120_000)
    expect(second.kept()).toEqual(first.kept())
    const again = await captureSnapshot(first.twin.transport(admin), join(folder, 'b'), { now: () => first.clock.now(), by: 'test' })
    expect(again.hash).toBe(captured.hash)
  })

  it('shares no UID with what is made after it, also in a twin of the same seed', async () => {
    const { objects, version } = generateCluster({ nodes: 3, pods: 20, version: 'v1.30.1', nowMs: startMs })
    const first = await twinOf(objects, version)
    await first.twin.start()
    await first.clock.advance(60_000)
    const captured = allObjects(first.twin)
    const second = await twinOf(captured, version)
    expect(sharedUids(second.twin)).toEqual([])
    await second.twin.start()
    for (let i = 0; i < 200; i += 1) {
      await second.twin.api.client.create('configmaps', { metadata: { name: `c${i}`, namespace: 'default' } })
    }
    await second.clock.advance(60_000)
    expect(sharedUids(second.twin)).toEqual([])
    const before = new Set(captured.map(({ metadata }) => metadata.uid))
    const made = second.twin.api.registry.store.list('configmaps', 'default').filter(({ metadata }) => /^c\d/.test(metadata.name))
    expect(made.filter(({ metadata }) => before.has(metadata.uid))).toEqual([])
  })

  it('keeps its UIDs where the twin has given one to something of its own', async () => {
    const { twin } = await twinOf([], 'v1.30.1')
    const { uid } = twin.api.client.store.get('namespaces', undefined, 'default')?.metadata ?? {}
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'c', uid: uid as string } }
    await loadObjects(twin, [object])
    expect(twin.api.client.store.get('configmaps', 'default', 'c')?.metadata.uid).toBe(uid)
    expect(sharedUids(twin)).toEqual([])
  })

  it('tells a list that is forbidden from one that is empty', async () => {
    const { objects, version } = generateCluster({ nodes: 1, version: 'v1.30.1', nowMs: startMs })
    const { twin } = await twinOf(objects, version, deny('poddisruptionbudgets'))
    const file = join(folder, 'a')
    const { refused } = await captureSnapshot(twin.transport(admin), file, { now: () => startMs, by: 'test' })
    const { lists, refusals } = await readSnapshot(file)
    expect(refused.join()).toContain('poddisruptionbudgets.policy')
    expect(refusals.find(({ resource }) => resource === 'poddisruptionbudgets.policy')).toMatchObject({ status: 403, reason: 'Forbidden' })
    expect(lists.find(({ resource }) => resource === 'resourcequotas')).toMatchObject({ count: 0 })
  })
})
