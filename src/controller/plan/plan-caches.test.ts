import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import type { ApiRequest, ApiStream } from '../../cluster/transport.ts'
import { startPlanCaches } from './plan-caches.ts'

/** Caches of a server that lets everything be listed, and not everything be watched. */
function setUp(refused: ReadonlySet<string>) {
  const { api, clock, shell } = memoryShell()
  const stream = api.stream.bind(api)
  api.stream = async (request: ApiRequest): Promise<ApiStream> => {
    const plural = request.path.slice(request.path.lastIndexOf('/') + 1)
    if (refused.has(plural)) throw new ApiError({ status: 403, message: `may not watch ${plural}` })
    return stream(request)
  }
  const caches = startPlanCaches(shell)
  onTestFinished(() => caches.stop())
  return { caches, clock }
}

describe('what may be listed and not watched', () => {
  it.each(['plans', 'nodes', 'jobs', 'secrets'])('%s: nothing is synced, nor fresh, until it may be watched', async (plural) => {
    const refused = new Set([plural])
    const { caches, clock } = setUp(refused)
    await clock.advance(10_000)
    expect([caches.isSynced(), caches.freshSinceMs()]).toEqual([false, 0])
    refused.clear()
    await clock.advance(60_000)
    expect(caches.isSynced()).toBe(true)
    expect(caches.freshSinceMs()).toBeGreaterThan(0)
  })

  it('pods: are not seen, and nothing else waits for them', async () => {
    const refused = new Set(['pods'])
    const { caches, clock } = setUp(refused)
    await clock.advance(10_000)
    expect([caches.isSynced(), caches.seesPods()]).toEqual([true, false])
    refused.clear()
    await clock.advance(60_000)
    expect(caches.seesPods()).toBe(true)
  })
})
