import { expect, it, onTestFinished } from 'vitest'
import type { MemoryObject } from '../../../test/loopback/memory-api.ts'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { byReadiness, startUpgradeCaches } from './upgrade-caches.ts'

const path = (name: string) => `/api/v1/namespaces/default/pods/${name}`

/** A pod that is not Ready, made at a time that the API server's clock tells. */
function pod(name: string, createdAtMs: number): MemoryObject {
  const metadata = { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: new Date(createdAtMs).toISOString() }
  return { metadata, spec: { nodeName: 'n1', containers: [] }, status: { phase: 'Pending' } }
}

it('pods that come are dated by the clock of the controller, wherever that of the API server stands; those that were there by their own time', async () => {
  const { api, clock, shell } = memoryShell()
  const anHourAgoMs = clock.now() - 3_600_000
  api.put(path('old'), pod('old', anHourAgoMs))
  const caches = startUpgradeCaches(shell)
  onTestFinished(() => caches.stop())
  await clock.advance(5_000)
  const beforeMs = clock.now()
  api.put(path('slow-clock'), pod('slow-clock', anHourAgoMs))
  api.put(path('fast-clock'), pod('fast-clock', beforeMs + 3_600_000))
  await clock.advance(1_000)
  const dated = caches.arrivals.dated(caches.pods.byIndex(byReadiness, 'no'))
  const ages = Object.fromEntries(dated.map(({ name, createdAtMs = 0 }) => [name, createdAtMs - beforeMs]))
  expect(ages.old).toBe(anHourAgoMs - beforeMs)
  for (const one of dated) expect(caches.arrivals.cameAtMs(one)).toBe(one.createdAtMs)
  const asMade = caches.pods.byIndex(byReadiness, 'no').map((one) => caches.arrivals.cameAtMs(one) - beforeMs)
  expect(asMade).toEqual(Object.values(ages))
  for (const name of ['slow-clock', 'fast-clock']) {
    expect(ages[name]).toBeGreaterThanOrEqual(0)
    expect(ages[name]).toBeLessThanOrEqual(1_000)
  }
})
