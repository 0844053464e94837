import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { createMetrics } from '../metrics.ts'
import type { ChannelAnswer, Shell } from '../shell.ts'
import { ChannelPoller } from './channel-poller.ts'

const url = 'https://channels.example/stable'

interface Asked {
  readonly atMs: number
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

function setUp(answer: (signal: AbortSignal) => Promise<ChannelAnswer>, random: () => number = () => 0.5) {
  const clock = new VirtualClock()
  const asked: Asked[] = []
  const answered: string[] = []
  const channelFetch: Shell['channelFetch'] = (to, headers, signal) => {
    asked.push({ atMs: clock.now(), url: to, headers })
    return answer(signal)
  }
  const shell = { clock, random, channelFetch, metrics: createMetrics() } as unknown as Shell
  return { clock, asked, answered, poller: new ChannelPoller(shell, (plan) => answered.push(plan)) }
}

const redirect = async (): Promise<ChannelAnswer> => ({ kind: 'Answered', status: 302, statusText: 'Found', location: '/v1.20.3+k3s1' })
const never = (signal: AbortSignal) =>
  new Promise<ChannelAnswer>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe('the poller of channels', () => {
  it('asks at the time that was decided, once, however often that is decided again', async () => {
    const { clock, asked, answered, poller } = setUp(redirect)
    for (let i = 0; i < 5; i++) poller.schedule('p', { atMs: 60_000, url, headers: {} })
    await clock.advance(59_999)
    expect(asked).toEqual([])
    await clock.advance(100_000)
    expect(asked).toEqual([{ atMs: 60_000, url, headers: {} }])
    expect(answered).toEqual(['p'])
    expect(poller.factsOf('p')).toEqual({ url, attemptedAtMs: 60_000, outcome: { kind: 'Version', version: 'v1.20.3+k3s1' }, failures: 0 })
  })

  it('point 70: says the version in use of the moment, not that of when the timer was set', async () => {
    const { clock, asked, poller } = setUp(redirect)
    poller.schedule('p', { atMs: 60_000, url, headers: { 'X-SUC-Cluster-ID': 'id' } })
    const headers = { 'X-SUC-Cluster-ID': 'id', 'X-SUC-Latest-Version': 'v1.20.3-k3s1' }
    poller.schedule('p', { atMs: 60_000, url, headers })
    await clock.advance(60_000)
    expect(asked.map((request) => request.headers)).toEqual([headers])
  })

  it('turns to another channel at once, and forgets the answer of the one before', async () => {
    const { clock, asked, answered, poller } = setUp(never)
    poller.schedule('p', { atMs: 0, url, headers: {} })
    await clock.advance(1)
    poller.schedule('p', { atMs: 1, url: `${url}-2`, headers: {} })
    await clock.advance(1)
    expect(asked.map((request) => request.url)).toEqual([url, `${url}-2`])
    expect(answered).toEqual([])
  })

  it('defect 45: many that are due at once are spread, the first few are not kept waiting', async () => {
    let state = 1
    const random = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    const { clock, asked, answered, poller } = setUp(redirect, random)
    for (let i = 0; i < 100; i++) poller.schedule(`p${i}`, { atMs: -1, url: `${url}-${i}`, headers: {} })
    await clock.advance(0)
    expect(asked.map((request) => request.url)).toEqual([0, 1, 2, 3, 4].map((i) => `${url}-${i}`))
    await clock.advance(10_000)
    expect(answered).toHaveLength(100)
    const seconds = Array.from({ length: 11 }, (_, s) => asked.filter((request) => Math.floor(request.atMs / 1000) === s).length)
    expect(Math.max(...seconds)).toBeLessThan(40)
  })

  it('defect 45: those that are due at other times do not hold one up', async () => {
    const { clock, asked, poller } = setUp(redirect)
    for (let i = 1; i < 100; i++) poller.schedule(`p${i}`, { atMs: i * 60_000, url, headers: {} })
    poller.schedule('now', { atMs: 0, url, headers: {} })
    await clock.advance(0)
    expect(asked).toHaveLength(1)
  })

  it('is silent about a Plan that was forgotten while its channel was asked', async () => {
    const { clock, answered, poller } = setUp(never)
    poller.schedule('p', { atMs: 0, url, headers: {} })
    await clock.advance(1)
    poller.forget('p')
    await clock.advance(20_000)
    expect(answered).toEqual([])
    expect(poller.factsOf('p')).toBeUndefined()
  })

  it('gives a server 15 seconds, and counts failures in a row', async () => {
    const { clock, answered, poller } = setUp(never)
    poller.schedule('p', { atMs: 0, url, headers: {} })
    await clock.advance(14_999)
    expect(answered).toEqual([])
    await clock.advance(1)
    expect(poller.factsOf('p')).toMatchObject({
      failures: 1,
      outcome: { kind: 'Unusable', message: expect.stringContaining('within 15 s') },
    })
    poller.schedule('p', { atMs: 20_000, url, headers: {} })
    await clock.advance(30_000)
    expect(poller.factsOf('p')).toMatchObject({ failures: 2, attemptedAtMs: 20_000 })
  })

  it('asks nobody any more when the Plan is forgotten, or names no channel', async () => {
    const { clock, asked, answered, poller } = setUp(never)
    poller.schedule('a', { atMs: 10, url, headers: {} })
    poller.schedule('b', { atMs: 0, url, headers: {} })
    await clock.advance(1)
    poller.schedule('a', undefined)
    poller.stop()
    await clock.advance(60_000)
    expect(asked).toHaveLength(1)
    expect(answered).toEqual([])
  })
})
