import { describe, expect, it } from 'vitest'
import { podInfo } from '../../core/scheduling/pod-info.ts'
import { SchedulingQueue } from './scheduling-queue.ts'

function info(name: string, priority = 0, gates: readonly string[] = []) {
  const spec = { containers: [], priority, schedulingGates: gates.map((gate) => ({ name: gate })) }
  return podInfo({ metadata: { name, namespace: 'default', uid: name }, spec })
}

function queue(minor = 33) {
  return new SchedulingQueue({ minor, startMs: 0 })
}

function names(from: SchedulingQueue): readonly string[] {
  const popped: string[] = []
  for (let pod = from.pop(); pod !== undefined; pod = from.pop()) popped.push(pod.info.name)
  return popped
}

/** A pod that has been tried `attempts` times, the last time at `nowMs`. */
function refused(minor: number, attempts: number, nowMs = 0) {
  const own = queue(minor)
  own.add(info('web'), 0)
  for (let at = 0; at < attempts; at += 1) {
    const pod = own.pop()
    if (pod === undefined) throw new Error('nothing to try')
    own.addUnschedulable(pod, ['NodeResourcesFit'], at + 1 === attempts ? nowMs : -100_000)
    if (at + 1 < attempts) own.wake(() => true, 0)
  }
  return own
}

describe('pods to be tried', () => {
  it('come by priority, then by arrival', () => {
    const own = queue()
    own.add(info('a'), 0)
    own.add(info('b', 5), 10)
    own.add(info('c'), 0)
    own.add(info('d', 5), 5)
    expect(names(own)).toEqual(['d', 'b', 'a', 'c'])
  })

  it('move when their priority changes, and go when they are removed', () => {
    const own = queue()
    for (const name of ['a', 'b', 'c']) own.add(info(name), 0)
    own.update(info('c', 9), true, 0)
    own.remove('a')
    expect(names(own)).toEqual(['c', 'b'])
  })

  it.each([
    { minor: 26, tried: ['web'] },
    { minor: 27, tried: [] },
  ])('with scheduling gates wait, in 1.$minor: $tried', ({ minor, tried }) => {
    const own = queue(minor)
    own.add(info('web', 0, ['quota']), 0)
    expect(names(own)).toEqual(tried)
  })
})

describe('a pod that was refused', () => {
  it.each([
    { attempts: 1, atMs: 1_000 },
    { attempts: 2, atMs: 2_000 },
    { attempts: 3, atMs: 4_000 },
    { attempts: 4, atMs: 8_000 },
    { attempts: 5, atMs: 10_000 },
    { attempts: 9, atMs: 10_000 },
  ])('for the $attempts. time is tried again after $atMs ms when something changes', ({ attempts, atMs }) => {
    const own = refused(33, attempts)
    own.wake(() => true, 0)
    expect([own.hasActive(), own.nextFlushAtMs()]).toEqual([false, atMs])
    own.flush(atMs - 1)
    expect(own.hasActive()).toBe(false)
    own.flush(atMs)
    expect(own.hasActive()).toBe(true)
  })

  it('is tried at once when the change comes after its back-off', () => {
    const own = refused(33, 1)
    own.wake(() => true, 1_000)
    expect(own.hasActive()).toBe(true)
  })

  it('stays when the change is none for it', () => {
    const own = refused(33, 1)
    own.wake(({ refusedBy }) => refusedBy.has('NodeAffinity'), 5_000)
    expect(own.hasActive()).toBe(false)
  })

  it('waits for its back-off only when something has changed while it was tried', () => {
    const own = queue()
    own.add(info('web'), 0)
    const pod = own.pop()
    own.wake(() => true, 0)
    if (pod !== undefined) own.addUnschedulable(pod, ['NodeResourcesFit'], 0)
    expect(own.nextFlushAtMs()).toBe(1_000)
  })

  it.each([
    { minor: 20, atMs: 90_000 },
    { minor: 24, atMs: 330_000 },
  ])('is tried again at $atMs ms although nothing has changed, in 1.$minor', ({ minor, atMs }) => {
    const own = refused(minor, 1)
    expect(own.nextFlushAtMs()).toBe(atMs)
    own.flush(atMs)
    expect(own.hasActive()).toBe(true)
  })

  it('comes back by a change of itself, not of its status', () => {
    const own = refused(33, 1)
    own.update(info('web'), false, 5_000)
    expect(own.hasActive()).toBe(false)
    own.update(info('web'), true, 5_000)
    expect(own.hasActive()).toBe(true)
  })

  it('does not come back once it is gone', () => {
    const own = queue()
    own.add(info('web'), 0)
    const pod = own.pop()
    own.remove('web')
    if (pod !== undefined) own.addUnschedulable(pod, ['NodeResourcesFit'], 0)
    expect([own.get('web'), own.nextFlushAtMs()]).toEqual([undefined, undefined])
  })
})
