import { describe, expect, it } from 'vitest'
import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { failureMessage, podlessJob, stuckMessage } from './failure-message.ts'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'

const job = {
  name: 'apply-p-on-n1',
  namespace: 'system-upgrade',
  end: { kind: 'Failed', atMs: 0, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' },
} as unknown as JobFacts

function waitingPod(reason: string, message = 'no such image', more: Partial<PodFacts> = {}): PodFacts {
  return { ...more, containers: [{ name: 'upgrade', init: false, state: 'Waiting', reason, message }] } as unknown as PodFacts
}

const stuck = 'Job system-upgrade/apply-p-on-n1 waits: container upgrade on Node n1: its image cannot be pulled (no such image)'

describe('what keeps a Job', () => {
  it('is told by its pod', () => {
    expect(stuckMessage(job, 'n1', [waitingPod('ImagePullBackOff')], '')).toBe(stuck)
    expect(stuckMessage(job, 'n1', [waitingPod('PodInitializing')], '')).toBeUndefined()
    expect(stuckMessage(job, 'n1', [], '')).toBeUndefined()
  })

  it('keeps its words while kubelet changes between two reasons for the same thing', () => {
    expect(stuckMessage(job, 'n1', [waitingPod('ErrImagePull', 'rpc error')], stuck)).toBe(stuck)
  })

  it.each([
    { what: 'is gone', pods: [] },
    { what: 'is being deleted', pods: [waitingPod('ImagePullBackOff', 'other words', { deletionAtMs: 1 })] },
  ])('is still told when the pod $what: the Job is about to fail', ({ pods }) => {
    expect(stuckMessage(job, 'n1', pods, stuck)).toBe(stuck)
    expect(stuckMessage(job, 'n1', pods, `${stuck}; Job system-upgrade/other waits: x`)).toBe(stuck)
    expect(stuckMessage(job, 'n1', pods, 'Job system-upgrade/other waits: x')).toBeUndefined()
  })

  it('is forgotten once a pod gets on', () => {
    const running = { containers: [{ name: 'upgrade', init: false, state: 'Running', reason: '', message: '' }] } as unknown as PodFacts
    expect(stuckMessage(job, 'n1', [running], stuck)).toBeUndefined()
  })
})

describe('a Job without a pod', () => {
  const fresh = {
    ...job,
    createdAtMs: 1_000,
    parallelism: 1,
    suspend: false,
    active: 0,
    succeeded: 0,
    failed: 0,
    end: undefined,
  } as unknown as JobFacts

  it('is told of after 30 seconds, with where to look', () => {
    expect(podlessJob(fresh, 'n1', [])).toEqual({
      sinceMs: 31_000,
      message:
        'Job system-upgrade/apply-p-on-n1 waits: no pod of it has been created for Node n1: PodSecurity (label pod-security.kubernetes.io/enforce), ' +
        'a quota or a webhook may refuse it; kubectl --namespace system-upgrade describe job apply-p-on-n1 tells',
    })
  })

  it.each([
    { what: 'it has one', one: fresh, pods: [waitingPod('')] },
    { what: 'nobody may see pods', one: fresh, pods: undefined },
    { what: 'one has failed', one: { ...fresh, failed: 1 }, pods: [] },
    { what: 'it is to have none yet', one: { ...fresh, parallelism: 0 }, pods: [] },
    { what: 'it is suspended', one: { ...fresh, suspend: true }, pods: [] },
    { what: 'it has ended', one: { ...fresh, end: job.end } as JobFacts, pods: [] },
  ])('is none when $what', ({ one, pods }) => {
    expect(podlessJob(one, 'n1', pods)).toBeUndefined()
  })
})

describe('why a Job failed', () => {
  const head = 'Job system-upgrade/apply-p-on-n1 failed on Node n1: DeadlineExceeded: Job was active longer than specified deadline'

  it('begins with the words of system-upgrade-controller', () => {
    expect(failureMessage({ job, node: 'n1', pods: [], log: '', previous: '' })).toBe(head)
  })

  it('says what it waited for before, when its pods are gone', () => {
    const told = failureMessage({ job, node: 'n1', pods: [], log: '', previous: stuck })
    expect(told).toBe(`${head}; before that container upgrade on Node n1: its image cannot be pulled (no such image)`)
  })

  it('says the same again from what it has said, also among other nodes: it is told once', () => {
    const input = { job, node: 'n1', pods: [], log: 'no space', previous: stuck }
    const told = failureMessage(input)
    expect(told).toMatch(/; before that container upgrade .*; last lines: no space$/)
    expect(failureMessage({ ...input, previous: told })).toBe(told)
    expect(failureMessage({ ...input, previous: `Node n0 waits: x; ${told}; and 2 more` })).toBe(told)
  })

  it('says exit code and last lines, and is cut to fit', () => {
    const failed = { containers: [{ name: 'upgrade', init: false, state: 'Terminated', reason: 'OOMKilled', message: '', exitCode: 137 }] }
    const pods = [failed as unknown as PodFacts]
    const told = failureMessage({ job, node: 'n1', pods, log: `${'x'.repeat(5000)}last`, previous: '' })
    expect(told).toContain(`${head}; container upgrade exited with code 137 (OOMKilled); last lines: …x`)
    expect(told).toMatch(/last$/)
    expect(told.length).toBeLessThanOrEqual(900)
  })
})

describe('a Plan whose Job waits in vain', () => {
  it('still says what for when the Job has failed and its pods are gone', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1')]))
    world.settle()
    world.setJob('n1', { active: 1 })
    const name = world.jobOn('n1')?.name ?? ''
    world.facts = { ...world.facts, podsByJob: new Map([[name, [waitingPod('ImagePullBackOff')]]]) }
    world.settle()
    expect(world.condition()).toMatchObject({ reason: 'SyncJob', message: expect.stringContaining('its image cannot be pulled') })

    world.facts = { ...world.facts, podsByJob: new Map(), failures: new Map() }
    world.settle()
    world.setJob('n1', { active: 0, end: { kind: 'Failed', atMs: world.nowMs, reason: 'DeadlineExceeded', message: 'too long' } })
    world.settle()
    expect(world.condition()?.message).toContain(
      'DeadlineExceeded: too long; before that container upgrade on Node n1: its image cannot be pulled',
    )
  })
})
