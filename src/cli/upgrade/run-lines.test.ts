import { describe, expect, it } from 'vitest'
import { runChanges } from './run-lines.ts'
import { aRun, inTheMiddle, stopped } from './run-states.test-support.ts'

const [first, second] = inTheMiddle.inFlight ?? []
if (first === undefined || second === undefined) throw new Error('the sample has two nodes')

describe('changes of a run, a line each', () => {
  it('begin with how it is', () => {
    expect(runChanges(undefined, aRun(inTheMiddle))).toEqual([
      'hop 1 of 1: v1.34.2+k3s1',
      'pool general, batch 2: worker-3, worker-4',
      'worker-3: Draining',
      expect.stringMatching(/^worker-3 waits: 2 of 3 pods left; default\/web-/),
      'worker-4: Changing (try 2)',
      'worker-4 waits: job falkirk-change-worker-4-0123456789 is at work',
      expect.stringMatching(/^Nodes: worker-3: 2 of 3 pods left/),
    ])
    expect(runChanges(undefined, aRun())).toEqual(['no controller has looked at it yet'])
  })

  it('are told once', () => {
    expect(runChanges(aRun(inTheMiddle), aRun(inTheMiddle))).toEqual([])
  })

  it('tell of a node that is back, one that goes on, and what another waits for now', () => {
    const after = aRun({ ...inTheMiddle, inFlight: [{ ...first, message: 'worker-3: 1 of 3 pods left' }] })
    expect(runChanges(aRun(inTheMiddle), after)).toEqual(['worker-4 is back', 'worker-3 waits: 1 of 3 pods left'])
    const changing = aRun({ ...inTheMiddle, inFlight: [{ node: 'worker-3', step: 'Changing', since: first.since, attempt: 1 }, second] })
    expect(runChanges(aRun(inTheMiddle), changing)).toEqual(['worker-3: Changing'])
  })

  it('do not say that a node is back where one was deleted', () => {
    const after = aRun({ ...inTheMiddle, progress: { controlPlane: '3/3', nodes: '3/5' }, inFlight: [second] })
    expect(runChanges(aRun(inTheMiddle), after)).toEqual(['worker-3 is at work no longer'])
  })

  it('tell of a failure, in one line, and of where that leads', () => {
    expect(runChanges(aRun({ ...inTheMiddle, inFlight: [first] }), aRun(stopped))).toEqual([
      'worker-3 failed (JobFailed): exit code 3: | no space left on device',
      expect.stringMatching(
        /^Stopped: job falkirk-change-worker-3-0123456789 failed .* \| no space left on device; mend it, then falkirk continue/,
      ),
    ])
  })
})
