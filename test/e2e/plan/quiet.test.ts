import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestsSince, untilAtRest } from './at-rest.ts'
import { after, before, startRollout } from './rollout.ts'
import { type PlanStage, setStage } from './stage.ts'

let stage: PlanStage

beforeAll(async () => {
  stage = await setStage({ name: 'plan-quiet', heartbeatsPerSecond: 50, leaderElect: true })
  await everyKindOfPlan()
})

afterAll(async () => {
  await stage?.down()
})

/** A Plan in each state in which nothing is left to do for now. */
async function everyKindOfPlan(): Promise<void> {
  const never = { days: [String((new Date().getUTCDay() + 3) % 7)], startTime: '00:00:00', endTime: '23:59:59', timeZone: 'UTC' }
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image' }
  stage.script.hold('running')
  stage.script.upgrade('failed', () => ({ exitCode: 3, log: 'no space left on device' }))
  stage.script.upgrade('no-image', () => ({ waiting }))
  const cordons = { version: after, cordon: true }
  const start = (name: string, spec: Record<string, unknown>) => startRollout(stage, { name, nodes: 2, spec })
  const plans = await Promise.all([
    start('complete', cordons),
    start('failed', cordons),
    start('running', cordons),
    start('no-image', cordons),
    start('lowered', { ...cordons, version: 'v1.20.1+k3s1' }),
    start('closed', { ...cordons, window: never }),
    start('invalid', { ...cordons, postCompleteDelay: '-1s' }),
    start('unresolved', { cordon: true }),
    start('no-secret', { ...cordons, secrets: [{ name: 'missing', path: '/s' }] }),
  ])
  const expected = [/^True/, /JobFailed/, /SyncJob/, /cannot be pulled/, /Downgrade/, /Waiting/, /NotReady/, /NotReady/, /NotReady/]
  await Promise.all(plans.map((plan, i) => plan.until('Complete', expected[i] ?? /./)))
  await plans[2]?.untilRuns(1)
  await Promise.all(plans.slice(0, 2).map((plan) => plan.untilNode('given back', ({ unschedulable }) => !unschedulable)))
}

async function heartbeat(node: string): Promise<string> {
  const { status } = await stage.plane.api.get<{ status: { conditions: { type: string; lastHeartbeatTime: string }[] } }>(
    `/api/v1/nodes/${node}`,
  )
  return status.conditions.find(({ type }) => type === 'Ready')?.lastHeartbeatTime ?? ''
}

describe('a controller with nothing to do', () => {
  it('asks for nothing and writes nothing while nodes send heartbeats', async () => {
    const sinceMs = await untilAtRest(stage)
    const beats = await heartbeat('failed-0')
    await sleep(6000)
    expect(requestsSince(stage, sinceMs)).toEqual([])
    expect(await heartbeat('failed-0')).not.toBe(beats)
  })

  it('looks at what changes, and writes nothing when nothing follows from it', async () => {
    const sinceMs = await untilAtRest(stage)
    await stage.plane.kubectl(['label', 'node', '--all', 'example.org/looked=at'])
    await stage.plane.kubectl(['annotate', 'node', '--all', 'example.org/looked=at'])
    // other annotations of a Plan are handed on to its pods
    await stage.plane.kubectl(['-n', 'system-upgrade', 'annotate', 'plans', '--all', 'kubectl.kubernetes.io/looked=at'])
    await sleep(3000)
    expect(requestsSince(stage, sinceMs)).toEqual([])
  })

  it('decides the same when it is started again: no Job, Node or Plan is written', async () => {
    await untilAtRest(stage)
    const sinceMs = Date.now()
    await stage.restart()
    await untilAtRest(stage)
    const asked = requestsSince(stage, sinceMs)
    expect(asked.filter((request) => !/^(list|get|create events)/.test(request))).toEqual([])
    expect(asked.filter((request) => /^list/.test(request)).sort()).toEqual([
      // whether they may be read, and those that are there
      'list clusterupgrades',
      'list clusterupgrades',
      'list jobs',
      'list nodes',
      // those of its namespace, and those of all others, which it only tells that nobody looks after them
      'list plans',
      'list plans',
      'list pods',
      'list secrets',
    ])
    expect(asked.filter((request) => request === 'create events').length).toBeLessThanOrEqual(2)
  })

  it('has written each status as often as it changed', async () => {
    const { version } = stage.plane
    expect(version).toBe(before)
    const writes = stage.plane.requests('sut').filter(({ resource }) => resource === 'plans/status')
    expect(writes.every(({ verb, code }) => verb === 'patch' && (code === 200 || code === 409))).toBe(true)
    const perPlan = new Map<string, number>()
    for (const { name } of writes) perPlan.set(name, (perPlan.get(name) ?? 0) + 1)
    expect(perPlan.get('invalid')).toBe(1)
    expect(perPlan.get('unresolved')).toBe(1)
    expect(perPlan.get('closed')).toBe(1)
  })
})
