import { describe, expect, it } from 'vitest'
import { type LogLine, recordingLog } from '../../test/loopback/watched-collection.ts'
import { ApiError } from '../cluster/api-error.ts'
import { VirtualClock } from '../cluster/virtual-clock.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { untilConnected } from './until-connected.ts'

const unreachable = new FalkirkError('FK_API_UNREACHABLE', 'the API server is away', { retry: 'backoff' })
const forbidden = new ApiError({ status: 403, message: 'user "sut" may not get namespaces' })

function stage(answers: readonly (Error | string)[]) {
  const clock = new VirtualClock()
  const log: LogLine[] = []
  const problems: (string | undefined)[] = []
  const stop = new AbortController()
  const triedMs: number[] = []
  const connect = async () => {
    const answer = answers[Math.min(triedMs.length, answers.length - 1)]
    triedMs.push(clock.now())
    if (answer instanceof Error) throw answer
    return answer
  }
  const ports = { clock, random: () => 1, log: recordingLog(log), signal: stop.signal, onProblem: (p?: string) => problems.push(p) }
  return { clock, log, problems, stop, triedMs, connecting: untilConnected(connect, ports) }
}

describe('untilConnected', () => {
  it.each([
    ['an API server that is away', unreachable],
    ['a right that is missing', forbidden],
    ['a definition that is out of date', new FalkirkError('FK_CRD_OUTDATED', 'it lacks spec.window')],
    ['an overloaded API server', new ApiError({ status: 503, message: 'not now' })],
  ])('waits for %s, and goes on', async (_, error) => {
    const { clock, connecting, triedMs, problems } = stage([error, error, 'connected'])
    await clock.advance(6_000)
    expect(await connecting).toBe('connected')
    expect(triedMs).toEqual([0, 2_000, 6_000])
    expect(problems).toEqual([error.message, error.message, undefined])
  })

  it('asks at most twice a minute in the end', async () => {
    const { clock, triedMs, stop } = stage([forbidden])
    await clock.advance(600_000)
    stop.abort()
    expect(triedMs.slice(0, 6)).toEqual([0, 2_000, 6_000, 14_000, 30_000, 60_000])
    expect(triedMs.length).toBeLessThanOrEqual(4 + 20)
  })

  it('says each sentence once', async () => {
    const { clock, log, stop } = stage([unreachable, unreachable, forbidden, forbidden, unreachable])
    await clock.advance(60_000)
    stop.abort()
    const said = log.filter(({ level }) => level === 'warn').map(({ fields }) => (fields as { problem: string }).problem)
    expect(said).toEqual([unreachable.message, forbidden.message, unreachable.message])
  })

  it.each([
    ['credentials that are refused', new ApiError({ status: 401, message: 'not accepted' })],
    ['a server that is too old', new FalkirkError('FK_SERVER_TOO_OLD', 'v1.9')],
    ['a mistake of its own', new TypeError('x is not a function')],
  ])('ends at once for %s', async (_, error) => {
    const { connecting, triedMs } = stage([error])
    await expect(connecting).rejects.toBe(error)
    expect(triedMs).toHaveLength(1)
  })

  it('ends without an error when it is told to stop, between two tries or in the middle of one', async () => {
    const between = stage([unreachable])
    await between.clock.advance(1_000)
    between.stop.abort()
    expect(await between.connecting).toBeUndefined()
    expect(between.triedMs).toHaveLength(1)

    const stop = new AbortController()
    const clock = new VirtualClock()
    const hanging = untilConnected(() => new Promise(() => {}), {
      clock,
      random: () => 1,
      log: recordingLog([]),
      signal: stop.signal,
      onProblem: () => {},
    })
    stop.abort()
    expect(await hanging).toBeUndefined()
  })
})
