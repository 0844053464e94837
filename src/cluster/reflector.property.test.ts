import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerPage, answerStatus, type Break, MisbehavingServer, type WrongAnswer } from '../../test/loopback/misbehaving-server.ts'
import { eventually, watchCollection } from '../../test/loopback/watched-collection.ts'

/** Something that happens to a server while it is watched. */
type Happening =
  | { readonly kind: 'Put' | 'Remove'; readonly name: string; readonly value: string }
  | { readonly kind: 'Break'; readonly how: Break }
  | { readonly kind: 'Misanswer'; readonly with: keyof typeof wrongAnswers }
  | { readonly kind: 'Compact' | 'ExpirePages' | 'Bookmark' | 'Away' | 'Wait' }

const wrongAnswers = {
  gone: answerStatus(410, 'Expired'),
  busy: answerStatus(429, 'TooManyRequests'),
  broken: answerStatus(500, 'InternalError'),
  page: answerPage,
  reset: (response) => response.socket?.resetAndDestroy(),
} satisfies Record<string, WrongAnswer>

const name = fc.integer({ min: 0, max: 19 }).map((i) => `node-${i}`)
const write = fc.record({
  kind: fc.constantFrom('Put' as const, 'Put' as const, 'Remove' as const),
  name,
  value: fc.constantFrom('1', '2'),
})
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: write },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('Break' as const),
      how: fc.constantFrom<Break>('end', 'fin', 'reset', 'half an event', 'gone', 'error 500', 'garbage', 'nameless object', 'silence'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('Misanswer' as const),
      with: fc.constantFrom(...(Object.keys(wrongAnswers) as (keyof typeof wrongAnswers)[])),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('Compact', 'ExpirePages', 'Bookmark', 'Away', 'Wait') }) as fc.Arbitrary<Happening>,
  },
)

async function happen(server: MisbehavingServer, pending: WrongAnswer[], each: Happening): Promise<void> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
  switch (each.kind) {
    case 'Put':
      server.collection.put(each.name, each.value)
      return
    case 'Remove':
      return server.collection.remove(each.name)
    case 'Break':
      return server.breakWatches(each.how)
    case 'Misanswer':
      pending.push(wrongAnswers[each.with])
      return
    case 'Compact':
      return server.collection.compact()
    case 'ExpirePages':
      return server.expirePages()
    case 'Bookmark':
      return server.bookmark()
    case 'Away':
      await server.stop()
      await pause()
      await server.start()
      return
    case 'Wait':
      await pause()
  }
}

it('a cache ends up equal to the server and tells no wrong change, whatever happens in whatever order', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (happenings, streamingLists, serverStreams) => {
        const server = await new MisbehavingServer({ streamingLists: serverStreams }).start()
        for (let i = 0; i < 20; i += 2) server.collection.put(`node-${i}`, '0')
        const pending: WrongAnswer[] = []
        server.misanswer = () => pending.shift()
        const watched = watchCollection(server, { streamingLists, pageSize: 4, idleTimeoutMs: 5_000 })
        try {
          for (const each of happenings) await happen(server, pending, each)
          await eventually(() => watched.state()).toEqual(server.collection.state())
          expect(watched.heard()).toEqual(server.collection.state())
          expect(watched.wrongChanges).toEqual([])
        } finally {
          await watched.reflector.stop()
          await server.stop()
        }
      },
    ),
    { numRuns: 40 },
  )
})
