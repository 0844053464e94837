import { describe, expect, it } from 'vitest'
import { electionStage, leasePath } from '../../test/loopback/election-stage.ts'
import { sendJson, statusBody } from '../../test/loopback/http-server.ts'
import type { ObjectServer } from '../../test/loopback/object-server.ts'
import type { Clock } from './clock.ts'

const refuse =
  (code: number, reason: string, which: (method: string) => boolean = () => true): ObjectServer['intercept'] =>
  ({ method }, response) => {
    if (!which(method)) return false
    sendJson(response, statusBody(code, reason, `${reason} says the test`), code)
    return true
  }

describe('a contender alone', () => {
  it('creates the lease and leads at once', async () => {
    const { contend, pass, spec } = await electionStage()
    const one = contend('one')
    await pass(0)
    expect([one.election.isLeader(), one.election.leader(), one.terms.length]).toEqual([true, 'one', 1])
    expect(spec()).toMatchObject({ holderIdentity: 'one', leaseDurationSeconds: 45, leaseTransitions: 0 })
    expect(spec().renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  })

  it('renews with one request every ten seconds', async () => {
    const { contend, pass, requests, spec } = await electionStage()
    contend('one')
    await pass(0)
    const { renewTime, acquireTime } = spec()
    await pass(60)
    expect(requests()).toEqual(['GET', 'POST', 'PUT', 'PUT', 'PUT', 'PUT', 'PUT', 'PUT'])
    expect(spec().acquireTime).toBe(acquireTime)
    expect(spec().renewTime).not.toBe(renewTime)
  })

  it('releases the lease when it is stopped, after its work has ended', async () => {
    const { contend, pass, spec, time } = await electionStage()
    const order: string[] = []
    const one = contend('one', {
      onStarted: async (signal) => {
        await time.clock.sleep(1e9, signal)
        await time.clock.sleep(50_000)
        order.push(`work ended, holder ${spec().holderIdentity}`)
      },
    })
    await pass(1)
    const stopping = one.election.stop().then(() => order.push(`stopped, holder '${spec().holderIdentity}'`))
    await pass(60)
    await stopping
    expect(order).toEqual(['work ended, holder one', "stopped, holder ''"])
    expect(spec()).toMatchObject({ leaseDurationSeconds: 1, leaseTransitions: 0 })
    expect(one.lost).toEqual([])
  })

  it('takes a lease that somebody has released, and counts the transition', async () => {
    const { server, contend, pass, spec } = await electionStage()
    server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 4 } })
    const one = contend('one')
    await pass(0)
    expect(one.election.isLeader()).toBe(true)
    expect(spec().leaseTransitions).toBe(5)
  })

  it('takes its own lease back after a restart under the same name, without waiting', async () => {
    const { server, contend, pass, spec } = await electionStage()
    server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: 'one', leaseDurationSeconds: 45, leaseTransitions: 4 } })
    const one = contend('one')
    await pass(0)
    expect(one.election.isLeader()).toBe(true)
    expect(spec().leaseTransitions).toBe(4)
  })

  it('survives that its lease is deleted, or changed in other places', async () => {
    const { server, contend, pass, spec } = await electionStage()
    const one = contend('one')
    await pass(1)
    server.objects.delete(leasePath)
    await pass(20)
    expect(spec().holderIdentity).toBe('one')
    const lease = server.objects.get(leasePath)
    server.put(leasePath, { ...lease, metadata: { name: 'falkirk' } })
    await pass(60)
    expect([one.election.isLeader(), one.terms.length, one.lost.length]).toEqual([true, 1, 0])
  })

  it('whose work fails releases the lease and says so', async () => {
    const { contend, pass, spec } = await electionStage()
    const one = contend('one', {
      onStarted: async () => {
        throw new Error('the work is broken')
      },
    })
    await pass(1)
    await expect(one.election.done).rejects.toThrow('the work is broken')
    expect(spec().holderIdentity).toBe('')
    expect(one.log).toContainEqual(expect.objectContaining({ level: 'error', message: 'the work of the leader failed' }))
  })
})

describe('a leader whose process was paused', () => {
  it('does not take itself for the leader when it wakes up after the deadline, before any of its timers has fired', async () => {
    const { contend, pass, time } = await electionStage()
    const { clock } = time
    let pausedMs = 0
    const jumping: Clock = {
      now: () => clock.now() + pausedMs,
      after: (ms, callback) => clock.after(ms, callback),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    }
    const one = contend('one', { clock: jumping })
    await pass(5)
    pausedMs = 24_000
    expect(one.election.isLeader()).toBe(true)
    pausedMs = 25_000
    expect(one.election.isLeader()).toBe(false)
  })
})

describe('of two contenders', () => {
  it('one leads, whoever comes first to write', async () => {
    const { contend, pass } = await electionStage()
    const both = [contend('one'), contend('two')]
    await pass(100)
    expect(both.map(({ election }) => election.isLeader()).filter(Boolean)).toHaveLength(1)
    expect(both.flatMap(({ terms }) => terms)).toHaveLength(1)
  })

  it('the other follows within moments when the leader is stopped', async () => {
    const { contend, pass, spec } = await electionStage()
    const one = contend('one')
    await pass(1)
    const two = contend('two')
    await pass(10)
    expect(two.election.leader()).toBe('one')
    const stopping = one.election.stop()
    await pass(5)
    await stopping
    expect([two.election.isLeader(), spec().leaseTransitions]).toEqual([true, 1])
  })

  it('the other follows when the leader has died: not before the lease is over, and soon afterwards', async () => {
    const { contend, pass, time } = await electionStage()
    const one = contend('one')
    await pass(1)
    const two = contend('two')
    await pass(10)
    one.cut()
    const diedMs = time.clock.now()
    await pass(90)
    const began = (two.terms[0]?.beganMs ?? 0) - diedMs
    // The last renewal was at most 10 s old; a contender looks every 2 to 4.4 s.
    expect(began).toBeGreaterThanOrEqual(35_000)
    expect(began).toBeLessThanOrEqual(45_000 + 4_400)
  })

  it('never both work, also when the leader is only cut off and lives on', async () => {
    const { contend, pass } = await electionStage()
    const one = contend('one')
    await pass(1)
    const two = contend('two')
    await pass(10)
    one.cut()
    await pass(120)
    const ended = one.terms[0]?.endedMs ?? Number.POSITIVE_INFINITY
    expect(two.terms[0]?.beganMs).toBeGreaterThan(ended)
    expect(one.lost).toMatchObject([{ code: 'FK_LEASE_LOST' }])
    expect(one.lost[0]?.message).toContain('lost the lease system-upgrade/falkirk: it could not be renewed for 30 s')
    expect([one.election.isLeader(), two.election.isLeader()]).toEqual([false, true])
  })

  it('the clock of the other host does not matter: a lease from the future or the past is waited for all the same', async () => {
    for (const renewTime of ['2020-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z']) {
      const { server, contend, pass } = await electionStage()
      server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: 'gone', leaseDurationSeconds: 45, renewTime } })
      const one = contend('one')
      await pass(44)
      expect(one.election.isLeader()).toBe(false)
      await pass(6)
      expect(one.election.isLeader()).toBe(true)
    }
  })

  it.each([
    { random: 0, looks: 12 },
    { random: 0.999, looks: 6 },
  ])('the other looks every 2 to 4.4 s: $looks times in 22 s when chance is $random', async ({ random, looks }) => {
    const { server, contend, pass, requests } = await electionStage()
    server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 45 } })
    contend('one', { random: () => random })
    await pass(22)
    expect(requests()).toHaveLength(looks)
  })

  it('each sign of life of the leader begins the wait anew', async () => {
    const { server, contend, pass } = await electionStage()
    const renew = (renewTime: string) =>
      server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 45, renewTime } })
    renew('0')
    const one = contend('one')
    for (let i = 1; i <= 10; i++) {
      await pass(40)
      renew(String(i))
    }
    expect(one.terms).toEqual([])
  })

  it('a leader that comes back after its lease was over keeps it, if nobody could take it meanwhile', async () => {
    const { server, contend, pass } = await electionStage()
    const renew = (renewTime: string) =>
      server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 45, renewTime } })
    renew('0')
    const one = contend('one')
    server.intercept = refuse(500, 'InternalError', (method) => method === 'PUT')
    await pass(60)
    renew('1')
    server.intercept = () => false
    await pass(44)
    expect(one.terms).toEqual([])
    await pass(6)
    expect(one.terms).toHaveLength(1)
  })

  it('a leader that finds another in its place ends its work at once', async () => {
    const { server, contend, pass, time } = await electionStage()
    const one = contend('one')
    await pass(1)
    server.put(leasePath, {
      metadata: { name: 'falkirk' },
      spec: { holderIdentity: 'usurper', leaseDurationSeconds: 45, leaseTransitions: 1 },
    })
    const takenMs = time.clock.now()
    await pass(10)
    expect(one.lost[0]?.message).toContain('usurper has taken it')
    expect((one.terms[0]?.endedMs ?? 0) - takenMs).toBeLessThanOrEqual(10_000)
  })
})

describe('when the API server', () => {
  it('fails for less than the deadline, the leader stays', async () => {
    const { server, contend, pass } = await electionStage()
    const one = contend('one')
    await pass(1)
    server.intercept = refuse(500, 'InternalError')
    await pass(25)
    server.intercept = () => false
    await pass(60)
    expect([one.election.isLeader(), one.terms.length, one.lost.length]).toEqual([true, 1, 0])
  })

  it('fails for longer, the leader gives up 30 s after its last renewal, and asks no more', async () => {
    const { server, contend, pass, time, requests } = await electionStage()
    const one = contend('one')
    await pass(0)
    const beganMs = time.clock.now()
    server.intercept = refuse(503, 'ServiceUnavailable')
    await pass(60)
    expect((one.terms[0]?.endedMs ?? 0) - beganMs).toBe(30_000)
    expect(one.lost[0]?.message).toContain('ServiceUnavailable says the test')
    await one.election.done
    const asked = requests().length
    await pass(60)
    expect(requests()).toHaveLength(asked)
  })

  it('comes back while the work of a leader that gave up is ending, the lease is released', async () => {
    const { server, contend, pass, spec, time } = await electionStage()
    const one = contend('one', {
      onStarted: async (signal) => {
        await time.clock.sleep(1e9, signal)
        await time.clock.sleep(5_000)
      },
    })
    await pass(0)
    server.intercept = refuse(503, 'ServiceUnavailable')
    await pass(32)
    server.intercept = () => false
    expect([one.lost.length, spec().holderIdentity]).toEqual([1, 'one'])
    await pass(10)
    expect(spec().holderIdentity).toBe('')
  })

  it('does not answer at all, the leader gives up after 30 s as well', async () => {
    const { server, contend, pass, time } = await electionStage()
    const one = contend('one')
    await pass(0)
    const beganMs = time.clock.now()
    server.intercept = () => 'Hang'
    await pass(60)
    expect((one.terms[0]?.endedMs ?? 0) - beganMs).toBe(30_000)
  })

  it('forbids the lease, the contender says so once and goes on trying', async () => {
    const { server, contend, pass } = await electionStage()
    server.intercept = refuse(403, 'Forbidden')
    const one = contend('one')
    await pass(60)
    expect(one.log.filter(({ level }) => level === 'warn')).toHaveLength(1)
    server.intercept = () => false
    await pass(5)
    expect(one.election.isLeader()).toBe(true)
  })

  it('has no such namespace, the contender says so', async () => {
    const { server, contend, pass } = await electionStage()
    server.intercept = refuse(404, 'NotFound', (method) => method === 'POST')
    const one = contend('one')
    await pass(10)
    expect(one.log).toMatchObject([{ level: 'warn', message: 'the lease cannot be acquired' }])
  })

  it('loses the answer to a renewal that it has written, the leader stays', async () => {
    const { server, contend, pass } = await electionStage()
    const one = contend('one')
    await pass(1)
    let lose = 1
    server.intercept = ({ method, body }, response) => {
      if (method !== 'PUT' || lose-- <= 0) return false
      server.put(leasePath, JSON.parse(body))
      response.socket?.destroy()
      return true
    }
    await pass(60)
    expect([one.election.isLeader(), one.lost.length]).toEqual([true, 0])
  })
})

describe('the end of a term', () => {
  it('that is announced to a handler that throws is survived', async () => {
    const { contend, pass } = await electionStage()
    const one = contend('one', {
      onLost: () => {
        throw new Error('broken')
      },
    })
    await pass(1)
    one.cut()
    await pass(60)
    expect(one.log).toContainEqual(expect.objectContaining({ message: 'lost-lease handler failed' }))
    await one.election.done
  })

  it('before the first term: stop while another leads', async () => {
    const { server, contend, pass, spec } = await electionStage()
    server.put(leasePath, { metadata: { name: 'falkirk' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 45 } })
    const one = contend('one')
    await pass(10)
    await one.election.stop()
    expect([one.terms, spec().holderIdentity]).toEqual([[], 'other'])
  })
})

it.each([
  { times: { leaseDurationMs: 30_000 }, says: 'lease duration' },
  { times: { renewDeadlineMs: 2_400 }, says: 'renew deadline' },
  { times: { retryPeriodMs: 0 }, says: 'retry period' },
  { times: { renewIntervalMs: 30_000 }, says: 'renew interval' },
  { times: { leaseDurationMs: Number.NaN }, says: 'lease duration' },
])('refuses times that contradict each other: $times', async ({ times, says }) => {
  const { contend } = await electionStage()
  expect(() => contend('one', times)).toThrow(expect.objectContaining({ code: 'FK_BAD_SETTING', message: expect.stringContaining(says) }))
})
