import { expect, it } from 'vitest'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { readPodLog } from './pod-log.ts'
import type { ApiStream, ApiTransport } from './transport.ts'

const at = { namespace: 'ns', pod: 'pod', container: 'main' }

/** Gives the pieces, tells when they have been taken, then keeps silent until it is closed. */
function silentAfter(pieces: readonly string[]) {
  let taken = () => {}
  let close = () => {}
  const allTaken = new Promise<void>((resolve) => {
    taken = resolve
  })
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const stream: ApiStream = {
    close,
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) yield Buffer.from(piece)
      taken()
      await closed
    },
  }
  const transport: ApiTransport = { stream: async () => stream, json: () => Promise.reject(new Error('not asked for')) }
  return { transport, allTaken, closed }
}

it('a log that never ends is cut after 30 s, and what has come is returned', async () => {
  const clock = createInstantClock()
  const { transport, allTaken } = silentAfter(['so ', 'far'])
  const log = readPodLog({ transport, clock }, at)
  await allTaken
  clock.fire(30_000)
  expect(await log).toBe('so far')
})

it('the connection is given back when enough has come', async () => {
  const { transport, closed } = silentAfter(['0123456789'])
  expect(await readPodLog({ transport, clock: createInstantClock() }, at, { limitBytes: 4 })).toBe('0123')
  await closed
})
