import { expect, it } from 'vitest'
import { type StoredFacts, storedFacts } from '../../test/loopback/watched-collection.ts'
import { silentLog } from './log.ts'
import { ObjectCache } from './object-cache.ts'
import { startReflector } from './reflector.ts'
import type { ApiStream, ApiTransport } from './transport.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Older than this nothing is decided on (decide-upgrade.ts). */
const staleAfterMs = 180_000

/** A server that was just started sends no bookmarks of a collection in which nothing happens. */
const quietServer: ApiTransport = {
  json: async <T>() => ({ metadata: { resourceVersion: '5' }, items: [] }) as T,
  stream: async () => silence(),
}

function silence(): ApiStream {
  let close = () => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  return {
    close,
    // biome-ignore lint/correctness/useYield: it says nothing
    async *[Symbol.asyncIterator]() {
      await closed
    },
  }
}

it.each([0, 1 - Number.EPSILON])(
  'what nothing happens to never counts as too old while the server answers (pauses at random %d)',
  async (random) => {
    const clock = new VirtualClock()
    const cache = new ObjectCache<StoredFacts>({ trim: storedFacts, log: silentLog })
    const options = { transport: quietServer, path: '/api/v1/quiet', cache, clock, random: () => random, log: silentLog, bookmarks: true }
    const reflector = startReflector(options)
    await reflector.synced
    let oldestMs = 0
    for (let passedMs = 0; passedMs < 1_800_000; passedMs += 5_000) {
      await clock.advance(5_000)
      oldestMs = Math.max(oldestMs, clock.now() - reflector.lastContactMs())
    }
    expect(oldestMs).toBeLessThan(staleAfterMs)
    // and it is not asked more often than that takes
    expect(reflector.counts().lists).toBeLessThan(30)
    await reflector.stop()
  },
)
