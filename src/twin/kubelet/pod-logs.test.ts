import { describe, expect, it } from 'vitest'
import { PodLogs } from './pod-logs.ts'

const at = { namespace: 'ns', pod: 'p', container: 'c' }

function filled(): PodLogs {
  const logs = new PodLogs()
  logs.begin('ns', 'p', 'c')
  logs.print(at, 'one\ntwo\n', 1000)
  logs.print(at, 'three', 2000)
  return logs
}

describe('the log of a container', () => {
  it.each([
    { what: 'all of it', request: {}, text: 'one\ntwo\nthree\n' },
    { what: 'its last lines', request: { tailLines: 2 }, text: 'two\nthree\n' },
    { what: 'none of its lines', request: { tailLines: 0 }, text: '' },
    { what: 'its first bytes', request: { limitBytes: 5 }, text: 'one\nt' },
    { what: 'what came later', request: { sinceMs: 1001 }, text: 'three\n' },
    { what: 'its times', request: { tailLines: 1, timestamps: true }, text: '1970-01-01T00:00:02.000000000Z three\n' },
  ])('is read: $what', ({ request, text }) => {
    expect(filled().read({ ...at, ...request })).toBe(text)
  })

  it('is that of the run before after a restart', () => {
    const logs = filled()
    logs.begin('ns', 'p', 'c')
    expect([logs.read(at), logs.read({ ...at, previous: true })]).toEqual(['', 'one\ntwo\nthree\n'])
  })

  it('is not there before the container, nor after its pod', () => {
    const logs = filled()
    expect(logs.read({ ...at, container: 'other' })).toBeUndefined()
    logs.forget('ns', 'p')
    expect(logs.read(at)).toBeUndefined()
  })

  it('keeps the last 500 lines', () => {
    const logs = filled()
    logs.print(at, 'x\n'.repeat(499), 3000)
    expect(logs.read(at)?.split('\n').slice(0, 2)).toEqual(['three', 'x'])
  })

  it('is told to those that follow it, until they stop', () => {
    const logs = filled()
    const heard: string[] = []
    const stop = logs.follow(at, (text) => heard.push(text))
    logs.print(at, 'four\n', 3000)
    stop()
    logs.print(at, 'five\n', 3000)
    expect(heard).toEqual(['four\n'])
  })
})
