import { describe, expect, it, onTestFinished } from 'vitest'
import { sendJson, statusBody } from '../../test/loopback/http-server.ts'
import { type ObjectServer, startObjectServer } from '../../test/loopback/object-server.ts'
import { createSettledTime } from '../../test/loopback/settled-time.ts'
import { type LogLine, recordingLog } from '../../test/loopback/watched-collection.ts'
import type { EventInput, EventTarget } from './event-record.ts'
import { createEventRecorder } from './event-recorder.ts'

const plan: EventTarget = { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name: 'server-plan', namespace: 'system-upgrade', uid: 'u1' }
const node: EventTarget = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'u2' }

interface WrittenEvent {
  metadata: { name: string; namespace: string }
  involvedObject: EventTarget
  message: string
  reason: string
  count: number
  firstTimestamp: string
  lastTimestamp: string
}

async function stage() {
  const server = await startObjectServer()
  const time = createSettledTime(server)
  const log: LogLine[] = []
  const recorder = createEventRecorder({
    transport: time.connect(),
    clock: time.clock,
    component: 'system-upgrade-controller',
    host: 'node-9',
    log: recordingLog(log),
    random: () => 1 - Number.EPSILON,
  })
  onTestFinished(() => recorder.stop())
  const record = (message: string, rest: Partial<EventInput> = {}) =>
    recorder.record({ object: plan, type: 'Normal', reason: 'SyncJob', message, ...rest })
  const written = () => [...server.objects.values()] as unknown as WrittenEvent[]
  const told = () => written().map(({ message, count }) => `${message} x${count}`)
  const requests = () => server.seen.map(({ method }) => method)
  return { server, recorder, record, log, written, told, requests, pass: (ms: number) => time.clock.advance(ms), clock: time.clock }
}

const refuse =
  (code: number, reason: string, headers: Record<string, string> = {}): ObjectServer['intercept'] =>
  (_request, response) => {
    sendJson(response, statusBody(code, reason, `${reason} says the test`), code, headers)
    return true
  }

describe('an event', () => {
  it('is written as core/v1 Event with all that kubectl shows', async () => {
    const { record, pass, server, written } = await stage()
    record('Jobs synced')
    await pass(0)
    expect(server.seen).toMatchObject([{ method: 'POST', url: '/api/v1/namespaces/system-upgrade/events' }])
    expect(written()).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: expect.objectContaining({ name: expect.stringMatching(/^server-plan\.[0-9a-f]{16}$/), namespace: 'system-upgrade' }),
        involvedObject: plan,
        type: 'Normal',
        reason: 'SyncJob',
        message: 'Jobs synced',
        source: { component: 'system-upgrade-controller', host: 'node-9' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        count: 1,
        reportingComponent: 'system-upgrade-controller',
        reportingInstance: 'node-9',
      },
    ])
  })

  it('of a cluster-scoped object goes to the namespace default', async () => {
    const { record, pass, written } = await stage()
    record('cordoned', { object: node })
    await pass(0)
    expect(written()).toMatchObject([{ metadata: { namespace: 'default' }, involvedObject: node }])
    expect(written()[0]?.involvedObject).not.toHaveProperty('namespace')
  })

  it.each([
    { title: 'of 253 characters', name: 'n'.repeat(253) },
    { title: 'that is cut at a dot', name: `${'n'.repeat(235)}.${'m'.repeat(17)}` },
  ])('of an object with a name $title has a valid name', async ({ name }) => {
    const { record, pass, written } = await stage()
    record('cordoned', { object: { ...node, name } })
    await pass(0)
    const event = written()[0]?.metadata.name ?? ''
    expect(event.length).toBeLessThanOrEqual(253)
    expect(event).toMatch(/^[a-z0-9]+(\.[a-z0-9]+)*$/)
  })

  it('has at most 1,024 characters, and none of them is half a one', async () => {
    const { record, pass, written } = await stage()
    record(`${'x'.repeat(1_022)}😀😀`)
    await pass(0)
    expect(written()[0]?.message).toBe(`${'x'.repeat(1_022)}…`)
  })
})

describe('what happens again', () => {
  it('is counted up on the same event', async () => {
    const { record, pass, written, requests } = await stage()
    for (let i = 0; i < 3; i++) {
      record('Jobs synced')
      await pass(60_000)
    }
    expect(requests()).toEqual(['POST', 'PATCH', 'PATCH'])
    expect(written()).toMatchObject([{ count: 3, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:02:00Z' }])
  })

  it('is a new event when its time is past: the server has deleted the old one', async () => {
    const { record, pass, requests } = await stage()
    record('Jobs synced')
    await pass(3_600_000)
    record('Jobs synced')
    await pass(0)
    expect(requests()).toEqual(['POST', 'POST'])
  })

  it('is a new event when somebody has deleted the old one', async () => {
    const { server, record, pass, told, requests } = await stage()
    record('Jobs synced')
    await pass(5_000)
    server.objects.clear()
    record('Jobs synced')
    await pass(0)
    expect(requests()).toEqual(['POST', 'PATCH', 'POST'])
    expect(told()).toEqual(['Jobs synced x1'])
  })

  it.each<{ what: string; other: Partial<EventInput> }>([
    { what: 'object', other: { object: { ...plan, uid: 'u3', name: 'agent-plan' } } },
    { what: 'reason', other: { reason: 'Complete' } },
    { what: 'type', other: { type: 'Warning' } },
  ])('with another $what is another event, written at once', async ({ other }) => {
    const { record, pass, requests } = await stage()
    record('Jobs synced')
    record('Jobs synced', other)
    await pass(0)
    expect(requests()).toEqual(['POST', 'POST'])
  })
})

describe('events in quick succession', () => {
  it('of one object and reason make one write a second, the rest joined', async () => {
    const { record, pass, told, requests } = await stage()
    for (let i = 0; i < 10; i++) {
      record(`started node-${i}`)
      await pass(100)
    }
    await pass(5_000)
    expect(told()).toEqual(['started node-0 x1', 'started node-1, node-2, node-3, node-4, node-5 and 4 more (9 in all) x1'])
    expect(requests()).toHaveLength(2)
  })

  it('with the same text are counted, not joined', async () => {
    const { record, pass, told } = await stage()
    for (let i = 0; i < 7; i++) record('Jobs synced')
    await pass(0)
    expect(told()).toEqual(['Jobs synced x7'])
  })

  it('for a minute make about sixty writes', async () => {
    const { record, pass, requests } = await stage()
    for (let i = 0; i < 600; i++) {
      record(`started node-${i}`)
      await pass(100)
    }
    expect(requests().length).toBeGreaterThan(50)
    expect(requests().length).toBeLessThanOrEqual(61)
  })

  it('in a very large number take little room: the first hundred differences are kept', async () => {
    const { record, pass, told } = await stage()
    for (let i = 0; i < 100_000; i++) record(`started node-${i}`)
    await pass(0)
    expect(told()).toEqual(['started node-0, node-1, node-2, node-3, node-4 and 95 more (100000 in all) x1'])
  })
})

describe('a write that fails', () => {
  it.each([
    { code: 403, reason: 'Forbidden' },
    { code: 422, reason: 'Invalid' },
    { code: 404, reason: 'NotFound' },
  ])('with $code is given up, and warned of once', async ({ code, reason }) => {
    const { server, recorder, record, pass, log, requests } = await stage()
    server.intercept = refuse(code, reason)
    for (let i = 0; i < 3; i++) {
      record(`try ${i}`)
      await pass(2_000)
    }
    expect(requests()).toHaveLength(3)
    expect(log.filter(({ level, message }) => level === 'warn' && message.startsWith('event was not written'))).toHaveLength(1)
    expect(recorder.dropped()).toBe(3)
  })

  it('with 5xx is tried again, and what comes meanwhile is joined', async () => {
    const { server, record, pass, told } = await stage()
    server.intercept = refuse(503, 'ServiceUnavailable')
    record('started a')
    await pass(2_000)
    record('started b')
    record('started c')
    server.intercept = () => false
    await pass(10_000)
    expect(told()).toEqual(['started a x1', 'started b, c (2 in all) x1'])
  })

  it('is tried five times, with growing pauses', async () => {
    const { server, recorder, record, pass, requests } = await stage()
    server.intercept = refuse(500, 'InternalError')
    record('started a')
    await pass(120_000)
    expect(requests()).toHaveLength(5)
    expect(recorder.dropped()).toBe(1)
  })

  it('with Retry-After waits for that long', async () => {
    const { server, record, pass, requests } = await stage()
    server.intercept = refuse(429, 'TooManyRequests', { 'retry-after': '20' })
    record('started a')
    await pass(19_000)
    expect(requests()).toHaveLength(1)
    server.intercept = () => false
    await pass(2_000)
    expect(requests()).toHaveLength(2)
  })

  it('because its answer was lost does not make a second event', async () => {
    const { server, recorder, record, pass, told, requests } = await stage()
    let lose = 1
    server.intercept = ({ url, body }, response) => {
      if (lose-- <= 0) return false
      const event = JSON.parse(body)
      server.put(`${url}/${event.metadata.name}`, event)
      response.socket?.destroy()
      return true
    }
    record('started a')
    await pass(5_000)
    expect([recorder.dropped(), told()]).toEqual([0, ['started a x1']])
    record('started a')
    await pass(5_000)
    expect(requests()).toEqual(['POST', 'POST', 'PATCH'])
  })

  it('never reaches the caller', async () => {
    const { server, record, pass } = await stage()
    server.intercept = (_request, response) => {
      response.end('no JSON')
      return true
    }
    expect(() => record('started a')).not.toThrow()
    await pass(60_000)
  })
})

describe('flush and stop', () => {
  it('flush writes at once what waits for its second', async () => {
    const { recorder, record, pass, told, requests } = await stage()
    record('started a')
    await pass(0)
    record('started b')
    await recorder.flush()
    expect(told()).toEqual(['started a x1', 'started b x1'])
    record('started c')
    await pass(500)
    expect(requests()).toHaveLength(2)
    await pass(500)
    expect(requests()).toHaveLength(3)
  })

  it('flush with nothing to write ends', async () => {
    const { recorder } = await stage()
    await recorder.flush()
  })

  it('stop writes what waits and takes nothing more', async () => {
    const { recorder, record, told, clock } = await stage()
    record('started a')
    record('stopped', { reason: 'Stopping' })
    await recorder.stop()
    record('too late')
    await recorder.flush()
    expect(told()).toEqual(['started a x1', 'stopped x1'])
    expect(clock.nextAtMs()).toBeUndefined()
  })

  it('stop does not wait for a server that is not there', async () => {
    const { server, recorder, record, pass } = await stage()
    server.intercept = (_request, response) => {
      response.socket?.destroy()
      return true
    }
    for (let i = 0; i < 50; i++) record('started', { reason: `R${i}` })
    await pass(0)
    await recorder.stop()
    expect(server.seen.length).toBeLessThanOrEqual(3)
    expect(recorder.dropped()).toBe(50)
  })

  it('stop does not wait for long for a server that answers nothing, or slowly', async () => {
    const { server, recorder, record, pass } = await stage()
    server.intercept = () => 'Hang'
    for (let i = 0; i < 50; i++) record('started', { reason: `R${i}` })
    await pass(0)
    const stopping = recorder.stop()
    await pass(5_000)
    await stopping
    expect(server.seen).toHaveLength(1)
    expect(recorder.dropped()).toBe(50)
  })

  it('events beyond the room for them are dropped and counted, the process goes on', async () => {
    const { server, recorder, record, log, pass } = await stage()
    for (let i = 0; i < 5_010; i++) record('started', { object: { ...node, name: `node-${i}` } })
    expect(recorder.dropped()).toBe(10)
    expect(log.filter(({ message }) => message === 'events are lost')).toHaveLength(1)
    server.intercept = () => 'Hang'
    await pass(0)
    const stopping = recorder.stop()
    await pass(5_000)
    await stopping
    expect(recorder.dropped()).toBe(5_010)
  })
})
