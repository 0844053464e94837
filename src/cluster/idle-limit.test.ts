import { expect, it } from 'vitest'
import { IdleLimit } from './idle-limit.ts'
import type { ApiStream } from './transport.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A watched stream that gives a piece at each of these times; `idleAtMs` fills with the times at which the limit was reached. */
async function watchedStream(pieceAtMs: readonly number[]) {
  const clock = new VirtualClock()
  const idleAtMs: number[] = []
  const limit = new IdleLimit(clock, 90_000, () => idleAtMs.push(clock.now()))
  const stream: ApiStream = {
    close: () => {},
    async *[Symbol.asyncIterator]() {
      for (const atMs of pieceAtMs) {
        await clock.sleep(atMs - clock.now())
        yield new Uint8Array(1)
      }
      await clock.sleep(1e9)
    },
  }
  void (async () => {
    for await (const _ of limit.watchOver(stream));
  })()
  return { clock, limit, idleAtMs }
}

it.each([
  { pieces: [], idle: [90_000] },
  { pieces: [80_000, 160_000, 240_000], idle: [330_000] },
  { pieces: [1_000, 2_000], idle: [92_000] },
])('is reached 90 s after the last piece, once: pieces at $pieces, reached at $idle', async ({ pieces, idle }) => {
  const { clock, limit, idleAtMs } = await watchedStream(pieces)
  expect(limit.isOver).toBe(false)
  await clock.advance(1_000_000)
  expect(idleAtMs).toEqual(idle)
  expect(limit.isOver).toBe(true)
})

it('is not reached after its end', async () => {
  const { clock, limit, idleAtMs } = await watchedStream([1_000])
  await clock.advance(89_000)
  limit.end()
  await clock.advance(1_000_000)
  expect([idleAtMs, limit.isOver]).toEqual([[], false])
})
