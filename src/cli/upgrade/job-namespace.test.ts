import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { untilJobNamespace } from './job-namespace.ts'

const away = () => new FalkirkError('FK_API_UNREACHABLE', 'https://10.0.0.1:6443 does not answer', { retry: 'backoff' })
const forbidden = () => new FalkirkError('FK_FORBIDDEN', 'no right to create namespaces')

function setUp(answers: readonly (boolean | FalkirkError)[]) {
  const clock = new VirtualClock()
  const warnings: string[] = []
  const stop = new AbortController()
  const left = [...answers]
  const ensure = async () => {
    const answer = left.shift() ?? true
    if (answer instanceof Error) throw answer
    return answer
  }
  const ended = untilJobNamespace(ensure, { warn: (text) => warnings.push(text), signal: stop.signal, random: () => 0.5, clock })
  return { clock, warnings, stop, ended }
}

describe('the namespace of Jobs, before a controller starts', () => {
  it('is asked for until the API server answers, and that is said once', async () => {
    const { clock, warnings, ended } = setUp([away(), away(), false])
    await clock.advance(120_000)
    expect(await ended).toBe(false)
    expect(warnings).toEqual(['https://10.0.0.1:6443 does not answer; asked again until it answers'])
  })

  it('that may not be made is no matter of waiting', async () => {
    await expect(setUp([forbidden()]).ended).rejects.toThrow('no right to create namespaces')
  })

  it('is not waited for any more when that is interrupted', async () => {
    const { clock, stop, ended } = setUp([away(), away(), away(), away()])
    await clock.advance(1_000)
    stop.abort()
    expect(await ended).toBeUndefined()
  })
})
