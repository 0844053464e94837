import { describe, expect, it, onTestFinished } from 'vitest'
import type { MemoryObject } from '../../../test/loopback/memory-api.ts'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { type LogLine, recordingLog } from '../../../test/loopback/watched-collection.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { ForeignPlans } from './foreign-plans.ts'

/** Where a list of the whole cluster finds them. */
const path = '/apis/upgrade.cattle.io/v1/plans/lost'

function setUp() {
  const lines: LogLine[] = []
  const made = memoryShell({ log: recordingLog(lines) })
  const start = () => {
    const foreign = new ForeignPlans(made.shell)
    onTestFinished(() => foreign.stop())
    return foreign
  }
  const plan = (more: object = {}): MemoryObject => ({
    metadata: {
      name: 'lost',
      namespace: 'default',
      uid: 'uid-lost',
      creationTimestamp: new Date(made.clock.now()).toISOString(),
    } as MemoryObject['metadata'],
    spec: { upgrade: { image: 'x' } },
    ...more,
  })
  return { ...made, start, plan, lines }
}

const served = { status: { conditions: [{ type: 'Validated', status: 'True' }] } }

describe('Plans in other namespaces', () => {
  it('are looked for with one list and one watch', async () => {
    const { api, clock, start } = setUp()
    start()
    await clock.advance(60_000)
    expect(api.requests.map(({ line, request }) => `${line} ${request.query?.fieldSelector}`)).toEqual([
      'GET /apis/upgrade.cattle.io/v1/plans metadata.namespace!=system-upgrade',
      'GET /apis/upgrade.cattle.io/v1/plans metadata.namespace!=system-upgrade',
    ])
  })

  it('that nobody looks after are told so, once, whatever happens to them later', async () => {
    const { api, clock, start, plan, events } = setUp()
    api.put(path, plan())
    start()
    await clock.advance(29_000)
    expect(events).toEqual([])
    await clock.advance(2_000)
    api.put(path, plan({ spec: { upgrade: { image: 'y' } } }))
    await clock.advance(60_000)
    expect(events).toMatchObject([
      { type: 'Warning', reason: 'NotServed', object: { kind: 'Plan', name: 'lost', namespace: 'default', uid: 'uid-lost' } },
    ])
  })

  it('that another controller serves are left alone', async () => {
    const { api, clock, start, plan, events } = setUp()
    api.put(path, plan())
    start()
    await clock.advance(10_000)
    api.put(path, plan(served))
    await clock.advance(60_000)
    expect(events).toEqual([])
  })

  it('that are gone in time are not spoken of', async () => {
    const { api, clock, start, plan, events } = setUp()
    api.put(path, plan())
    start()
    await clock.advance(10_000)
    api.remove(path)
    await clock.advance(60_000)
    expect(events).toEqual([])
  })

  it.each([
    { verb: 'list', allowed: 0 },
    { verb: 'watch', allowed: 1 },
  ])('are not asked for again where the right to $verb them is left out, and that is said once', async ({ verb, allowed }) => {
    const { api, clock, start, lines, plan, events } = setUp()
    api.put(path, plan())
    let left = allowed
    const refusal = new ApiError({ status: 403, message: `may not ${verb} plans` })
    api.refuse = () => (left-- > 0 ? undefined : refusal)
    start()
    await clock.advance(600_000)
    expect(api.requests).toHaveLength(allowed + 1)
    // what was listed once may be served by now
    expect(events).toEqual([])
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
      { level: 'info', message: 'Plans in other namespaces are not looked for', fields: { problem: expect.stringContaining(verb) } },
    ])
  })

  it.each([
    { what: 'does not know Plans yet', status: 404 },
    { what: 'knows nobody’s rights yet', status: 403 },
    { what: 'does not accept the token', status: 401 },
  ])('are looked for again after the API server was restarted and $what', async ({ status }) => {
    const { api, clock, start, plan, events, lines } = setUp()
    start()
    await clock.advance(10_000)
    api.refuse = () => new ApiError({ status, message: 'just started' })
    await clock.advance(600_000)
    api.refuse = () => undefined
    api.put(path, plan())
    await clock.advance(120_000)
    expect(events).toMatchObject([{ reason: 'NotServed' }])
    const told = lines.filter(({ level }) => level !== 'debug').map(({ message }) => message)
    expect([told[0], told.at(-2)]).toEqual([
      'Plans in other namespaces are not looked for',
      'Plans in other namespaces are looked for again',
    ])
    expect(told.length).toBeLessThan(5)
  })

  it('are nobody’s concern after the end', async () => {
    const { api, clock, start, plan, events } = setUp()
    api.put(path, plan())
    const foreign = start()
    await clock.advance(10_000)
    await foreign.stop()
    await clock.advance(60_000)
    expect(events).toEqual([])
  })
})
