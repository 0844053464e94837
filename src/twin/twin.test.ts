import { join } from 'node:path'
import { x } from 'tinyexec'
import { afterEach, describe, expect, it } from 'vitest'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { bundledScript } from '../../test/rig/bundled-script.ts'
import { VirtualClock } from '../cluster/virtual-clock.ts'
import type { UserInfo } from './api/user-info.ts'
import { newMachine } from './machine/new-machine.ts'
import { seededRandom } from './time/seeded-random.ts'
import { createTwin, type Twin } from './twin.ts'

const admin: UserInfo = { username: 'admin', groups: ['system:masters'] }
const running: Twin[] = []

afterEach(() => {
  for (const twin of running.splice(0)) twin.close()
})

async function twinOf(servers: number, version = 'v1.23.12+k3s1') {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
  const twin = await createTwin({ clock, random: seededRandom(1), version })
  running.push(twin)
  const names = Array.from({ length: servers }, (_, index) => `server-${index + 1}`)
  await twin.addNodes(names.map((name) => newMachine({ name, version, distribution: 'k3s', role: 'Server', bootId: name })))
  await twin.start()
  const transport = twin.transport(admin)
  return { twin, clock, names, get: <T = object>(path: string) => transport.json<T>({ method: 'GET', path, timeoutMs: 1_000 }) }
}

const upgrade = (version: string) => ({ kind: 'ReplaceKubernetes' as const, version, restart: { awaySeconds: 5 } })

describe('a twin whose control plane changes', () => {
  it('answers no request while its only server is away, and breaks watches off', async () => {
    const { twin, clock, get } = await twinOf(1)
    const stream = await twin.transport(admin).stream({ method: 'GET', path: '/api/v1/nodes', query: { watch: true } })
    expect(twin.api.hub.open).toBe(1)
    twin.fleet.restartKubelet('server-1', { awaySeconds: 5 })
    expect(twin.api.hub.open).toBe(0)
    const refused = get('/version').catch((error: unknown) => error)
    await clock.advance(2_000)
    expect(await refused).toMatchObject({ code: 'FK_API_UNREACHABLE' })
    await clock.advance(4_000)
    expect(await get('/version')).toMatchObject({ gitVersion: 'v1.23.12+k3s1' })
    stream.close()
  })

  it('says so when etcd has no majority, and still tells its version', async () => {
    const { twin, clock, get } = await twinOf(3)
    twin.fleet.kill('server-1')
    expect(await get('/api/v1/nodes')).toMatchObject({ kind: 'NodeList' })
    twin.fleet.kill('server-2')
    const refused = get('/api/v1/nodes').catch((error: unknown) => error)
    await clock.advance(2_000)
    expect(await refused).toMatchObject({ status: 500, message: 'etcdserver: request timed out' })
    expect(await get('/version')).toMatchObject({ minor: '23' })
  })

  it('is as new as its oldest server, in its version and in what it serves', async () => {
    const { twin, clock, names, get } = await twinOf(3, 'v1.24.6+k3s1')
    const budgets = '/apis/policy/v1beta1/poddisruptionbudgets'
    for (const name of names) {
      expect(await get('/version')).toMatchObject({ gitVersion: 'v1.24.6+k3s1' })
      expect(await get(budgets)).toMatchObject({ kind: 'PodDisruptionBudgetList' })
      twin.fleet.apply(name, upgrade('v1.25.2+k3s1'))
      await clock.advance(10_000)
    }
    expect(await get('/version')).toMatchObject({ minor: '25', gitVersion: 'v1.25.2+k3s1' })
    await expect(get(budgets)).rejects.toMatchObject({ status: 404 })
    expect(await get('/apis/policy/v1/poddisruptionbudgets')).toMatchObject({ kind: 'PodDisruptionBudgetList' })
  })
})

/** A pod whose claim waits for a volume that takes its time. */
const claiming = {
  metadata: { namespace: 'default', name: 'claiming' },
  spec: { containers: [{ name: 'c', image: 'busybox:1' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }] },
}

describe('a twin that is closed', () => {
  it('waits for nothing any more: no timer of it is left, whatever it was doing', async () => {
    const { twin, clock } = await twinOf(1)
    await clock.advance(10_000)
    const { client } = twin.api
    await client.create('storageclasses.storage.k8s.io', {
      metadata: { name: 'late' },
      provisioner: 'example.com/slow',
      volumeBindingMode: 'WaitForFirstConsumer',
    })
    await client.create('persistentvolumeclaims', {
      metadata: { namespace: 'default', name: 'claim' },
      spec: { storageClassName: 'late', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    const stream = await twin
      .transport(admin)
      .stream({ method: 'GET', path: '/api/v1/nodes', query: { watch: true, allowWatchBookmarks: true } })
    await clock.advance(60_000)
    expect(client.store.count('events')).toBeGreaterThan(0)
    await client.create('pods', claiming)
    await clock.advance(500)
    twin.close()
    await clock.advance(1)
    expect(clock.nextAtMs()).toBeUndefined()
    stream.close()
  })

  it('lets its program end, in real time too', async () => {
    const script = await bundledScript(join(import.meta.dirname, '../../test/unit/twin/closing-program.ts'), await tempFolder())
    const { stdout, exitCode } = await x(process.execPath, [script], { timeout: 50_000 })
    expect(stdout).toBe('closed\n')
    expect(exitCode).toBe(0)
  })
})
