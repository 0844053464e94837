import { describe, expect, it } from 'vitest'
import { newest } from '../../../test/loopback/client.ts'
import { MemoryApi } from '../../../test/loopback/memory-api.ts'
import { createApiClient } from '../../cluster/api-client.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { type FollowEnd, followRun } from './follow-run.ts'
import { inTheMiddle, runObject, stopped } from './run-states.test-support.ts'

const path = '/apis/falkirk.dev/v1alpha1/clusterupgrades/to-1-34'
const away = new ApiError({ status: 503, message: 'apiserver is shutting down' })

const forbidden = new ApiError({ status: 403, message: 'clusterupgrades.falkirk.dev is forbidden: ops may not' })

function following({ lostAfterMs = 60_000, refuse = (_: string): ApiError | undefined => undefined } = {}) {
  const clock = new VirtualClock({ startMs: Date.UTC(2026, 10, 21, 12) })
  const api = new MemoryApi()
  api.put(path, runObject(inTheMiddle))
  api.refuse = refuse
  const stop = new AbortController()
  const phases: (string | undefined)[] = []
  const answers: boolean[] = []
  let end: FollowEnd | undefined
  void followRun({
    client: createApiClient(api, newest, { clock }),
    random: () => 0.5,
    name: 'to-1-34',
    signal: stop.signal,
    lostAfterMs,
    onState: ({ status }) => void phases.push(status.phase),
    onAnswers: (answered) => void answers.push(answered),
  }).then((how) => {
    end = how
  })
  return { clock, api, stop, phases, answers, end: () => end }
}

describe('a run that is followed', () => {
  it('is told with each change, until it is at rest', async () => {
    const run = following()
    await run.clock.advance(2_000)
    expect(run.end()).toBeUndefined()
    run.api.put(path, runObject({ ...inTheMiddle, phase: 'ControlPlane' }))
    await run.clock.advance(2_000)
    run.api.put(path, runObject(stopped))
    await run.clock.advance(2_000)
    expect(run.phases).toEqual(['Nodes', 'ControlPlane', 'Stopped'])
    expect(run.end()).toMatchObject({ kind: 'AtRest', state: { status: { phase: 'Stopped' } } })
  })

  it.each([
    { what: 'nodes are still at work', status: { ...inTheMiddle, phase: 'Paused' } as const },
    { what: 'the controller has not looked at the last change', status: { ...stopped, observedGeneration: 1 } },
  ])('is not at rest while $what', async ({ status }) => {
    const run = following()
    run.api.put(path, runObject(status))
    await run.clock.advance(10_000)
    expect(run.end()).toBeUndefined()
    run.stop.abort()
    await run.clock.advance(10)
  })

  it('may be deleted, before anybody looks as well', async () => {
    const run = following()
    await run.clock.advance(2_000)
    run.api.remove(path)
    await run.clock.advance(2_000)
    expect(run.end()).toEqual({ kind: 'Deleted' })
    const gone = following()
    gone.api.remove(path)
    await gone.clock.advance(2_000)
    expect(gone.end()).toEqual({ kind: 'Deleted' })
  })

  it('is left alone when somebody interrupts', async () => {
    const run = following()
    await run.clock.advance(2_000)
    run.stop.abort()
    await run.clock.advance(10)
    expect(run.end()).toEqual({ kind: 'Interrupted' })
    expect(run.api.lines(/^(PATCH|PUT|DELETE|POST)/)).toEqual([])
  })

  it('outlives API servers that restart, and is lost when they stay away', async () => {
    const run = following()
    await run.clock.advance(2_000)
    run.api.refuse = () => away
    await run.clock.advance(40_000)
    run.api.refuse = () => undefined
    await run.clock.advance(10_000)
    expect(run.answers).toEqual([false, true])
    expect(run.end()).toBeUndefined()
    run.api.refuse = () => away
    await run.clock.advance(90_000)
    expect(run.end()).toMatchObject({ kind: 'Lost' })
  })

  it('is followed by who may not watch runs as well', async () => {
    const run = following({ refuse: (line) => (/clusterupgrades$/.test(line) ? forbidden : undefined) })
    await run.clock.advance(2_000)
    run.api.put(path, runObject({ ...inTheMiddle, phase: 'ControlPlane' }))
    await run.clock.advance(10_000)
    run.api.put(path, runObject(stopped))
    await run.clock.advance(10_000)
    expect(run.phases.slice(-2)).toEqual(['ControlPlane', 'Stopped'])
    expect(run.end()).toMatchObject({ kind: 'AtRest' })
    expect(run.answers).toEqual([])
  })

  it('is followed by who may watch and not get', async () => {
    const run = following({ refuse: (line) => (line.endsWith('to-1-34') ? forbidden : undefined) })
    await run.clock.advance(120_000)
    run.api.put(path, runObject(stopped))
    await run.clock.advance(2_000)
    expect(run.phases).toEqual(['Nodes', 'Stopped'])
    expect(run.end()).toMatchObject({ kind: 'AtRest' })
    expect(run.answers).toEqual([])
  })

  it.each([
    { what: 'the right', refusal: forbidden },
    { what: 'the credentials', refusal: new ApiError({ status: 401, message: 'Unauthorized' }) },
  ])('is lost when $what is taken away, and that is said, not that nobody answers', async ({ refusal }) => {
    const run = following()
    await run.clock.advance(2_000)
    run.api.refuse = () => refusal
    // a watch that is open goes on until it ends
    await run.clock.advance(60_000)
    expect(run.end()).toBeUndefined()
    await run.clock.advance(60_000)
    expect(run.end()).toMatchObject({ kind: 'Lost', refused: refusal })
    expect(run.answers).toEqual([])
  })
})
