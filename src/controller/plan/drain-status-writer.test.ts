import { describe, expect, it } from 'vitest'
import { ApiError } from '../../cluster/api-error.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Shell } from '../shell.ts'
import { DrainStatusWriter } from './drain-status-writer.ts'

function setUp(answer: () => unknown = () => ({ metadata: { name: 'p' } })) {
  const clock = new VirtualClock()
  const sent: unknown[] = []
  const warnings: string[] = []
  const patch = async (_: unknown, __: unknown, { body }: { body: unknown }) => {
    sent.push(body)
    return answer()
  }
  const log = { warn: (_: object, message: string) => warnings.push(message) }
  const shell = { client: { patch }, clock, log, namespace: 'system-upgrade' } as unknown as Shell
  return { clock, sent, warnings, writer: new DrainStatusWriter(shell) }
}

function plan(said?: string): Plan {
  const annotations = said === undefined ? {} : { 'falkirk.dev/drain-status': said }
  return { metadata: { name: 'p', namespace: 'system-upgrade', uid: 'u', annotations }, spec: { upgrade: { image: 'i' } } } as Plan
}

function refuse(status: number) {
  return () => {
    throw new ApiError({ status, message: 'no' })
  }
}

describe('the annotation falkirk.dev/drain-status', () => {
  it.each([
    { before: undefined, said: '{}', sent: [{ metadata: { annotations: { 'falkirk.dev/drain-status': '{}' } } }] },
    { before: '{}', said: null, sent: [{ metadata: { annotations: { 'falkirk.dev/drain-status': null } } }] },
    { before: '{}', said: '{}', sent: [] },
    { before: undefined, said: null, sent: [] },
  ])('from $before to $said is written when it changes, and not again', async ({ before, said, sent }) => {
    const { writer, sent: written } = setUp()
    await writer.write(plan(before), said)
    expect(written).toEqual(sent)
  })

  it('stops no drain where the right to write it is missing, and is not asked for in a loop', async () => {
    const { writer, clock, sent, warnings } = setUp(refuse(403))
    for (let i = 0; i < 50; i++) {
      await writer.write(plan(), `${i}`)
      await clock.advance(1000)
    }
    expect(sent).toHaveLength(1)
    expect(warnings).toHaveLength(1)
    await clock.advance(10_000)
    await writer.write(plan(), 'later')
    expect(sent).toHaveLength(2)
  })

  it.each([404, 409, 500])('is tried again with the whole Plan after an answer %i', async (status) => {
    const { writer } = setUp(refuse(status))
    await expect(writer.write(plan(), 'x')).rejects.toMatchObject({ status })
  })
})
