import { describe, expect, it } from 'vitest'
import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import { anAttachment, aPod, RunWorld, server, worker } from '../run-world.test-support.ts'

const hung = Number.POSITIVE_INFINITY

/** A server and two workers; a volume is attached to `worker-0`. */
function cluster(drain: Readonly<Record<string, unknown>> = {}, pods: readonly PodFacts[] = []): RunWorld {
  const world = new RunWorld([server(0), worker(0), worker(1)])
  world.edit({ drain: { timeout: '5m', ...drain } })
  world.attached.set('worker-0', [anAttachment('worker-0')])
  if (pods.length > 0) world.staying.set('worker-0', pods)
  return world
}

const detaching = (world: RunWorld) => world.entry('worker-0')?.step === 'Detaching'

describe('a drained node with a volume', () => {
  it('is changed when that is detached, and says meanwhile what it waits for', () => {
    const world = cluster()
    world.until(detaching)
    world.settle()
    expect(world.changeJobs()).not.toContain('worker-0')
    expect(world.status.inFlight).toMatchObject([{ node: 'worker-0', step: 'Detaching' }])
    expect(world.status.message).toMatch(
      /^worker-0 is drained, and volume disk-of-worker-0 of claim default\/data-of-disk-of-worker-0 \(driver disk.example.org\) is still attached: nobody has begun/,
    )
    world.untilPhase('Complete')
    expect(world.changeJobs()).toContain('worker-0')
    expect(world.marked()).toEqual([])
  })

  it('is told in the same words for as long as nothing changes: the status is not written for nothing', () => {
    const world = cluster()
    world.detachMs = hung
    world.until(detaching)
    world.settle()
    world.nowMs += 120_000
    expect(world.turn().quiet).toBe(true)
  })

  it('does not wait for volumes of pods that stay', () => {
    const world = cluster({}, [aPod('agent', 'worker-0', { mirror: true, claims: ['data'] })])
    world.detachMs = hung
    world.claims.set('disk-of-worker-0', { kind: 'Claim', claim: 'default/data' })
    world.untilPhase('Complete')
  })

  it('goes from its drain to its change where nothing is attached', () => {
    const world = cluster()
    world.attached.clear()
    const steps = new Set<string | undefined>()
    world.onDecision = () => void steps.add(world.entry('worker-0')?.step)
    world.untilPhase('Complete')
    expect([...steps]).toEqual([undefined, 'Staging', 'Draining', 'Changing', 'Verifying', 'Soaking'])
  })

  it('that is the whole cluster waits for nothing: who would detach it is drained with it', () => {
    const world = new RunWorld([server(0)])
    world.attached.set('server-0', [anAttachment('server-0')])
    world.detachMs = hung
    world.untilPhase('Complete')
  })

  it('is drained again where somebody makes it schedulable meanwhile', () => {
    const world = cluster()
    world.until(detaching)
    world.setNode('worker-0', { unschedulable: false })
    world.turn()
    expect(world.node('worker-0').unschedulable).toBe(true)
    expect(world.changeJobs()).not.toContain('worker-0')
    world.untilPhase('Complete')
    expect(world.node('worker-0').unschedulable).toBe(false)
  })
})

describe('a volume that is not detached in the time of a drain', () => {
  const limit = /worker-0 was drained, and 5m0s later volume disk-of-worker-0 .* let it go, or raise spec.drain.timeout/

  it('stops the run, and the node serves again; detached and continued it goes on', () => {
    const world = cluster()
    world.detachMs = hung
    world.untilPhase('Stopped')
    expect(world.status.stop).toMatchObject({ reason: 'DetachFailed', message: expect.stringMatching(limit) })
    world.settle()
    expect(world.node('worker-0').unschedulable).toBe(false)
    world.detachMs = 0
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(world.changeJobs().filter((node) => node === 'worker-0')).toHaveLength(1)
  })

  it('sets the node aside with whenBlocked: Quarantine, and the run goes on', () => {
    const world = cluster({ whenBlocked: 'Quarantine' })
    world.detachMs = hung
    world.untilPhase('CompletedWithFindings')
    expect(world.entry('worker-0')).toMatchObject({ step: 'Quarantined', failure: { reason: 'DetachFailed' } })
    expect(world.changeJobs()).not.toContain('worker-0')
    expect(world.changeJobs()).toContain('worker-1')
  })

  it('is waited for no longer with whenBlocked: Force', () => {
    const world = cluster({ whenBlocked: 'Force' })
    world.detachMs = hung
    world.until(detaching)
    const sinceMs = world.nowMs
    world.until(() => world.entry('worker-0')?.step === 'Changing')
    expect(world.nowMs - sinceMs).toBeGreaterThanOrEqual(300_000)
    world.untilPhase('Complete')
  })
})

describe('where VolumeAttachments', () => {
  it('may not be watched no node is cordoned, and the run says so', () => {
    const world = cluster()
    const { volumes, ...facts } = world.facts
    world.facts = { ...facts, volumesProblem: 'cannot list volumeattachments' }
    world.settle()
    world.pass()
    world.settle()
    expect(world.status.message).toBe('server-0 has its image and waits: cannot list volumeattachments')
    expect(world.node('server-0').unschedulable).toBe(false)
    world.facts = { ...facts, ...(volumes === undefined ? {} : { volumes }) }
    world.untilPhase('Complete')
  })

  it('cannot be seen any more in mid-run a drained node waits for its time', () => {
    const world = cluster()
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    const { volumes: _, ...facts } = world.facts
    world.facts = facts
    world.turn()
    world.turn()
    expect(world.status.message).toBe(
      'worker-0 is drained, and whether its volumes are detached is not known: VolumeAttachments are being read',
    )
    expect(world.untilPhase('Stopped').stop?.reason).toBe('DetachFailed')
    expect(world.changeJobs()).not.toContain('worker-0')
  })

  it('are watched from the first image on, until nodes are changed', () => {
    const world = cluster()
    const watched = new Map<string, boolean>()
    world.onDecision = ({ volumes }) => {
      const step = world.entry('worker-0')?.step
      if (step !== undefined) watched.set(step, volumes !== undefined)
    }
    world.untilPhase('Complete')
    expect(Object.fromEntries(watched)).toMatchObject({ Staging: true, Draining: true, Detaching: true, Verifying: false, Soaking: false })
  })
})
