import { describe, expect, it } from 'vitest'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { RunWorld, server, several, worker } from '../run-world.test-support.ts'
import { rebootAtWork, rebootLock } from './reboot-lock.ts'

/** A DaemonSet of kured as the API gives it, with this lock. */
function kured(lock?: object | string): object {
  const text = typeof lock === 'string' ? lock : JSON.stringify(lock)
  const annotations = lock === undefined ? {} : { annotations: { 'weave.works/kured-node-lock': text } }
  return { metadata: { namespace: 'kube-system', name: 'kured', resourceVersion: '7', ...annotations } }
}

const nodes = [{ name: 'server-0' }, { name: 'worker-0' }]
const created = '2026-11-21T11:59:00.123456789Z'
const minute = 60e9

describe("kured's lock", () => {
  it.each([
    { what: 'nobody holds', lock: undefined, node: undefined },
    { what: 'a node holds', lock: { nodeID: 'worker-0', metadata: { unschedulable: false }, created, TTL: 0 }, node: 'worker-0' },
    { what: 'a node holds without more', lock: { nodeID: 'worker-0' }, node: 'worker-0' },
    { what: 'one of several nodes holds', lock: { maxOwners: 2, locks: [{ nodeID: 'gone' }, { nodeID: 'server-0' }] }, node: 'server-0' },
    { what: 'none of several nodes holds', lock: { maxOwners: 2, locks: null }, node: undefined },
    { what: 'somebody holds by hand, to keep kured away', lock: { nodeID: 'manual' }, node: undefined },
    { what: 'a node holds that is gone', lock: { nodeID: 'worker-7', created, TTL: 0 }, node: undefined },
    { what: 'a node holds for some time', lock: { nodeID: 'worker-0', created, TTL: 2 * minute }, node: 'worker-0' },
    { what: 'a node held until its time was over', lock: { nodeID: 'worker-0', created, TTL: minute / 2 }, node: undefined },
    { what: 'cannot be read', lock: '{', node: undefined },
    { what: 'is none', lock: '[7]', node: undefined },
  ])('that $what', ({ lock, node }) => {
    const reboot = rebootAtWork([rebootLock(kured(lock))], nodes, noonMs)
    if (node === undefined) expect(reboot).toBeUndefined()
    else expect(reboot?.message).toMatch(`kured reboots ${node} (its lock stands on DaemonSet kube-system/kured)`)
  })
})

describe('while kured reboots a node', () => {
  const held = [rebootLock(kured({ nodeID: 'worker-2', created, TTL: 0 }))]

  it('no run begins, and what ends that is told', () => {
    const world = new RunWorld([server(0), ...several(3, worker)], { rebootLocks: held })
    world.settle()
    expect(world.done).toEqual([])
    expect(world.status).toMatchObject({
      phase: 'Pending',
      message:
        'waits: kured reboots worker-2 (its lock stands on DaemonSet kube-system/kured); where it does not, take the lock away: kubectl -n kube-system annotate daemonset kured weave.works/kured-node-lock-',
    })
    world.facts = { ...world.facts, rebootLocks: [rebootLock(kured())] }
    world.untilPhase('Complete')
  })

  it.each(['Staging', 'Changing'] as const)('a node in %s goes on when it is cordoned already, and no other is', (step) => {
    const world = new RunWorld([server(0), ...several(3, worker)])
    world.until(() => world.entry('worker-0')?.step === step)
    world.facts = { ...world.facts, rebootLocks: held }
    for (let turn = 0; turn < 60; turn += 1) {
      world.turn()
      world.pass()
    }
    expect(world.status).toMatchObject({ phase: 'Pending', message: expect.stringMatching(/^waits: kured reboots worker-2 /) })
    expect(world.changeJobs()).toEqual(step === 'Staging' ? ['server-0'] : ['server-0', 'worker-0'])
    expect(world.node('worker-0').unschedulable).toBe(false)
    world.facts = { ...world.facts, rebootLocks: [] }
    world.untilPhase('Complete')
  })

  it('a lock that runs out is not waited for any longer', () => {
    const rebootLocks = [rebootLock(kured({ nodeID: 'worker-0', created, TTL: 3 * minute }))]
    const world = new RunWorld([server(0), worker(0)], { rebootLocks })
    expect(world.settle().wakeAtMs).toBe(Date.parse(created) + 180_000)
    world.nowMs += 120_001
    world.untilPhase('Complete')
  })
})
