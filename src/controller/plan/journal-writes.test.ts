import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../../core/kubernetes/node-facts.ts'
import { JournalChanged, JournalWrites } from './journal-writes.ts'

/** A node whose journal can be written, slowly. */
function aNode() {
  let journal: string | undefined
  const writes = new JournalWrites({ get: () => ({ journal }) as NodeFacts })
  const sent: string[] = []
  const put = (text: string) => async () => {
    sent.push(text)
    await new Promise((resolve) => setImmediate(resolve))
    journal = text
  }
  return { writes, put, sent }
}

describe('a journal', () => {
  it('is not written over by a Plan that has not seen the entry of another', async () => {
    const { writes, put, sent } = aNode()
    const outcomes = await Promise.allSettled([writes.write('n1', undefined, put('a')), writes.write('n1', undefined, put('b'))])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: expect.any(JournalChanged) })
    expect(sent).toEqual(['a'])
    await writes.write('n1', 'a', put('a,b'))
    expect(sent).toEqual(['a', 'a,b'])
  })

  it('is written by the next when the one before it was refused', async () => {
    const { writes, put, sent } = aNode()
    const refused = async () => {
      throw new Error('refused by the test')
    }
    const outcomes = await Promise.allSettled([writes.write('n1', undefined, refused), writes.write('n1', undefined, put('b'))])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(sent).toEqual(['b'])
  })

  it('does not wait for those of other nodes', async () => {
    const { writes, put, sent } = aNode()
    void writes.write('n1', undefined, () => new Promise(() => {}))
    await writes.write('n2', undefined, put('x'))
    expect(sent).toEqual(['x'])
  })
})
