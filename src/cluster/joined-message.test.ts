import fc from 'fast-check'
import { expect, it } from 'vitest'
import { joinedMessage } from './joined-message.ts'

it.each([
  { messages: [], joined: '' },
  { messages: ['Job done'], joined: 'Job done' },
  { messages: ['Job done', 'Job done', 'Job done'], joined: 'Job done' },
  { messages: ['cordoned node a', 'cordoned node b'], joined: 'cordoned node a, b (2 in all)' },
  { messages: ['done on Node a, waiting 3s', 'done on Node b, waiting 3s'], joined: 'done on Node a, b, waiting 3s (2 in all)' },
  { messages: ['a is done', 'b is done', 'a is done'], joined: 'a, b is done (3 in all)' },
  { messages: ['node a is done', 'node b c is done'], joined: 'node a, b c is done (2 in all)' },
  { messages: ['disk is full', 'no such image'], joined: 'disk is full; no such image (2 in all)' },
  { messages: ['job failed', 'job failed again'], joined: 'job failed again (2 in all)' },
  { messages: ['x x', 'x x x'], joined: 'x x x (2 in all)' },
  {
    messages: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `drained node ${name} in time`),
    joined: 'drained node a, b, c, d, e and 2 more in time (7 in all)',
  },
])('$messages → $joined', ({ messages, joined }) => {
  expect(joinedMessage(messages)).toBe(joined)
})

it('counts what it was not given', () => {
  expect(joinedMessage(['node a', 'node b'], 50)).toBe('node a, b (50 in all)')
})

it('never says a word more often than the sentences do together, and names each of up to five that differ', () => {
  const word = fc.constantFrom('node', 'a', 'b', 'c', 'is', 'done')
  const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 5 }), (messages) => {
      const joined = joinedMessage(messages).replace(/ \(\d+ in all\)$/, '')
      const words = messages.join(' ').split(' ')
      for (const each of joined.split(/[ ,;]+/)) expect(words).toContain(each)
      expect(joined.length).toBeLessThanOrEqual(messages.join(', ').length)
      for (const each of messages) for (const part of each.split(' ')) expect(joined).toContain(part)
    }),
  )
})
