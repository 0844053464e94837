import { describe, expect, it } from 'vitest'
import { ask } from './ask.test-support.ts'
import { smallServer } from './small-server.test-support.ts'

describe('an overloaded server', () => {
  it.each([
    [undefined, undefined],
    [7, '7'],
  ])('answers in one line of text, and says when to come again where it is told (%s)', async (seconds, header) => {
    const fault = { kind: 'Overload', ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }) } as const
    const { server } = await smallServer({ faults: { judge: () => fault } })
    const { status, body, headers } = await ask(server, 'GET', '/api/v1/pods')
    expect([status, body, headers['retry-after']]).toEqual([429, 'Too many requests, please try again later.\n', header])
  })
})
