import { describe, expect, it, onTestFinished } from 'vitest'
import type { MemoryObject } from '../../../test/loopback/memory-api.ts'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { ForeignPlans } from './foreign-plans.ts'

/** Where a list of the whole cluster finds them. */
const path = '/apis/upgrade.cattle.io/v1/plans/lost'

function setUp() {
  const made = memoryShell()
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
  return { ...made, start, plan }
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

  it('are not asked for again where they may not be watched', async () => {
    const { api, clock, start } = setUp()
    api.refuse = () => new ApiError({ status: 403, message: 'may not list plans' })
    start()
    await clock.advance(600_000)
    expect(api.requests).toHaveLength(1)
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
