import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { podInfo } from '../../core/scheduling/pod-info.ts'
import type { QueuedPod } from './queued-pod.ts'
import { SchedulingQueue } from './scheduling-queue.ts'

const ordinals = fc.nat({ max: 11 })
const priorities = fc.nat({ max: 3 })

const moves = fc.oneof(
  fc.record({ kind: fc.constant('Add' as const), pod: ordinals, priority: priorities }),
  fc.record({ kind: fc.constant('Remove' as const), pod: ordinals }),
  fc.record({ kind: fc.constant('Refuse' as const) }),
  fc.record({ kind: fc.constant('Wait' as const), seconds: fc.nat({ max: 20 }) }),
)

function info(ordinal: number, priority: number) {
  return podInfo({ metadata: { name: `p${ordinal}`, namespace: 'default', uid: `p${ordinal}` }, spec: { containers: [], priority } })
}

/** The pod that is to be tried first, by looking at all. */
function firstOf(queue: SchedulingQueue): QueuedPod | undefined {
  return Array.from({ length: 12 }, (_, ordinal) => queue.get(`p${ordinal}`))
    .filter((pod) => pod?.where === 'Active')
    .sort((a, b) => (a && b ? b.info.priority - a.info.priority || a.sinceMs - b.sinceMs || a.order - b.order : 0))[0]
}

describe('the scheduling queue', () => {
  it('gives the pod of the highest priority that has waited longest, whatever moved before', () => {
    fc.assert(
      fc.property(fc.array(moves, { minLength: 5, maxLength: 60 }), (steps) => {
        const queue = new SchedulingQueue({ minor: 33, startMs: 0 })
        let nowMs = 0
        for (const step of steps) {
          nowMs += 1
          switch (step.kind) {
            case 'Add':
              queue.update(info(step.pod, step.priority), true, nowMs)
              break
            case 'Remove':
              queue.remove(`p${step.pod}`)
              break
            case 'Refuse': {
              const first = firstOf(queue)
              const pod = queue.pop()
              expect(pod).toBe(first)
              if (pod !== undefined) queue.addUnschedulable(pod, ['NodeResourcesFit'], nowMs)
              break
            }
            case 'Wait':
              nowMs += step.seconds * 1000
              queue.wake(() => true, nowMs)
              queue.flush(nowMs)
              break
            default:
              break
          }
        }
        for (let first = firstOf(queue); first !== undefined; first = firstOf(queue)) expect(queue.pop()).toBe(first)
        expect(queue.pop()).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })
})
