import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touchedUntil } from '../../rig/touched-until.ts'
import { after, before, createPlan, prepareRollout, type Rollout, startRollout } from './rollout.ts'
import { namespace, type PlanStage, setStage } from './stage.ts'

let stage: PlanStage

beforeAll(async () => {
  stage = await setStage({ name: 'plan-failures', env: { FALKIRK_VERIFY_TIMEOUT: '8s' } })
})

afterAll(async () => {
  await stage?.down()
})

/** Resolves with what is said when a Job has failed by its deadline. */
function failedByDeadline(rollout: Rollout): Promise<string> {
  const touch = async () => {
    for (const { name } of rollout.jobs()) {
      const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
      await stage.plane.api.patch(path, { metadata: { annotations: { 'example.org/looked-at': new Date().toISOString() } } })
    }
  }
  return touchedUntil(touch, rollout.until('Complete', /^False\/JobFailed: .*DeadlineExceeded/))
}

describe.concurrent('a Job that fails', () => {
  it('says node, exit code and last log lines with the secrets of the Plan masked, keeps its slot and gives the node back', async () => {
    const name = 'exit-code'
    stage.script.upgrade(name, () => ({ exitCode: 3, log: 'fetching with token swordfish-4711\nno space left on device\n' }))
    const rollout = await prepareRollout(stage, { name, nodes: 2 })
    await createSecret('exit-code-token', { token: 'swordfish-4711' })
    const secrets = [{ name: 'exit-code-token', path: '/token' }]
    await createPlan(stage, { name, spec: { version: after, cordon: true, secrets } })

    const said = await rollout.until('Complete', /^False\/JobFailed/)
    const node = rollout.runs()[0]?.node
    expect(said).toMatch(new RegExp(`: Job ${namespace}/apply-${name}-on-\\S+ failed on Node ${node}: BackoffLimitExceeded: `))
    expect(said).toContain('container upgrade exited with code 3; last lines: fetching with token ***\nno space left on device')
    expect((await rollout.event('JobFailed')).message).toBe(said.replace('False/JobFailed: ', ''))
    await rollout.untilNode('schedulable again', ({ unschedulable }) => !unschedulable, node)

    expect(rollout.applying()).toEqual([node])
    expect(rollout.runs()).toHaveLength(1)
    expect(rollout.done(node)).toBeUndefined()
    expect(JSON.stringify([await rollout.get(), await rollout.events()])).not.toContain('swordfish')
  })

  it('is not hidden by other nodes that go on, nor tried again because they do', async () => {
    const name = 'one-fails'
    stage.script.upgrade(name, ({ node }) => (node.endsWith('-1') ? { exitCode: 4 } : {}))
    const rollout = await startRollout(stage, { name, nodes: 4, spec: { version: after, concurrency: 2, cordon: true } })

    await rollout.until('Complete', /^False\/JobFailed: .* failed on Node one-fails-1: /)
    await stage.observer.until('three nodes are done', () => rollout.nodes.filter((node) => rollout.done(node)).length === 3)
    await stage.observer.until('only the failed node has a slot', () => rollout.applying().join() === 'one-fails-1')
    expect(rollout.condition()).toMatch(/^False\/JobFailed: .* failed on Node one-fails-1: /)
    expect(rollout.runs()).toHaveLength(4)
  })

  it('stays failed when somebody deletes it: nothing is tried again in silence', async () => {
    const name = 'job-removed'
    stage.script.upgrade(name, () => ({ exitCode: 1 }))
    const rollout = await startRollout(stage, { name, spec: { version: after } })
    await rollout.until('Complete', /^False\/JobFailed/)
    await rollout.untilNode('has a record of it', ({ journal }) => journal.includes('Failed'))
    await stage.plane.kubectl(['-n', namespace, 'delete', 'job', rollout.jobs()[0]?.name ?? ''])
    await stage.restart()

    await rollout.edit({ metadata: { labels: { looked: 'at' } } })
    await stage.observer.until('its Job is gone', () => rollout.jobs().length === 0)
    expect(rollout.condition()).toMatch(/^False\/JobFailed/)
    expect(rollout.runs()).toHaveLength(1)
  })

  it('point 29: is replaced when the arguments are edited, under the same hash', async () => {
    const name = 'edited-args'
    stage.script.upgrade(name, ({ container }) => ({ exitCode: container.args?.[0] === 'exit 1' ? 1 : 0 }))
    const upgrade = { image: 'library/alpine:3.18', command: ['sh', '-c'] }
    const rollout = await startRollout(stage, { name, spec: { version: 'latest', upgrade: { ...upgrade, args: ['exit 1'] } } })
    await rollout.until('Complete', /^False\/JobFailed/)
    expect(rollout.jobs().map((job) => job.end)).toEqual(['Failed'])
    const hash = rollout.hash()

    await rollout.edit({ spec: { upgrade: { args: ['exit 0'] } } })
    await rollout.untilComplete()
    expect(rollout.runs().map((run) => run.exitCode)).toEqual([1, 0])
    expect(rollout.jobs().map((job) => job.end)).toEqual(['Complete'])
    expect(rollout.hash()).toBe(hash)
    await rollout.untilNode('marked as done', () => rollout.done() === hash)
  })

  it('point 35: past its deadline says so, and the node is given back', async () => {
    const name = 'deadline'
    stage.script.upgrade(name, () => ({ seconds: Number.POSITIVE_INFINITY }))
    const rollout = await startRollout(stage, { name, nodes: 2, spec: { version: after, cordon: true, jobActiveDeadlineSecs: 4 } })

    const said = await failedByDeadline(rollout)
    const node = rollout.applying()[0] ?? ''
    expect(said).toContain(` failed on Node ${node}: DeadlineExceeded: Job was active longer than specified deadline`)
    expect((await rollout.event('JobFailed')).message).toContain('DeadlineExceeded: Job was active longer than specified deadline')
    await rollout.untilNode('schedulable again', ({ unschedulable }) => !unschedulable, node)
    expect(rollout.applying()).toEqual([node])
    expect(rollout.jobCount()).toBe(1)
  })

  it('has the deadline that the Plan says now, and is replaced when a longer one is given after it', async () => {
    const name = 'deadline-edited'
    stage.script.upgrade(name, ({ before: tries }) => ({ seconds: tries === 0 ? Number.POSITIVE_INFINITY : 0 }))
    const rollout = await startRollout(stage, { name, spec: { version: after, cordon: true, jobActiveDeadlineSecs: 600 } })
    await rollout.untilRunning()
    await rollout.edit({ spec: { jobActiveDeadlineSecs: 2 } })
    await failedByDeadline(rollout)
    expect(rollout.jobCount()).toBe(1)

    await rollout.edit({ spec: { jobActiveDeadlineSecs: 600 } })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs()).toHaveLength(2)
  })

  it('keeps the cordon of a node that is not Ready, and takes it back when the node is', async () => {
    const name = 'not-ready'
    const held = stage.script.hold(name)
    const rollout = await startRollout(stage, { name, spec: { version: after, cordon: true } })
    await rollout.untilRuns(1)
    await stage.kubelets.setReady('not-ready-0', false)
    await rollout.untilNode('not Ready', ({ ready }) => !ready)
    held.release(1)
    await rollout.until('Complete', /^False\/JobFailed/)
    expect(rollout.node()?.unschedulable).toBe(true)

    await stage.kubelets.setReady('not-ready-0', true)
    await rollout.untilNode('schedulable again', ({ unschedulable }) => !unschedulable)
  })
})

describe.concurrent('a node that has failed', () => {
  async function failed(name: string, nodes: number) {
    stage.script.upgrade(name, ({ before: tries }) => ({ exitCode: tries === 0 ? 1 : 0 }))
    const rollout = await startRollout(stage, { name, nodes, spec: { version: after, cordon: true } })
    await rollout.until('Complete', /^False\/JobFailed/)
    const [node = ''] = rollout.applying()
    await rollout.untilNode('has a record of it', ({ journal }) => journal.includes('Failed'), node)
    return { rollout, node }
  }

  it('frees its slot when it is disabled, and the next one goes on', async () => {
    const { rollout, node } = await failed('failed-disabled', 2)
    stage.script.upgrade('failed-disabled', () => ({}))
    await rollout.patchNode({ metadata: { labels: { 'plan.upgrade.cattle.io/failed-disabled': 'disabled' } } }, node)
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs().map((run) => run.exitCode)).toEqual([1, 0])
  })

  it('is tried again for another version', async () => {
    const { rollout } = await failed('failed-version', 1)
    await rollout.edit({ spec: { version: 'v1.20.4+k3s1' } })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs().map((run) => [run.version, run.exitCode])).toEqual([
      ['v1.20.3-k3s1', 1],
      ['v1.20.4-k3s1', 0],
    ])
  })

  it('keeps no record of a Plan that is deleted', async () => {
    const { rollout } = await failed('failed-deleted', 1)
    await rollout.delete()
    await rollout.untilNothingLeft()
  })
})

describe.concurrent('an image that cannot be pulled', () => {
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example/k3s-upgrade:v1.20.3-k3s1"' }

  it('is told while the Job waits and after its deadline; the slot is kept, the node given back', async () => {
    const name = 'no-image'
    stage.script.upgrade(name, () => ({ waiting }))
    const rollout = await startRollout(stage, { name, nodes: 2, spec: { version: after, cordon: true, jobActiveDeadlineSecs: 12 } })

    const stuck = await rollout.until('Complete', /^False\/SyncJob: .*cannot be pulled/)
    const node = rollout.applying()[0] ?? ''
    expect(stuck).toContain(`waits: container upgrade on Node ${node}: its image cannot be pulled (${waiting.message})`)
    const failed = await failedByDeadline(rollout)
    expect(failed).toContain(
      `DeadlineExceeded: Job was active longer than specified deadline; before that container upgrade on Node ${node}`,
    )
    expect(failed).toContain('its image cannot be pulled')
    await rollout.untilNode('schedulable again', ({ unschedulable }) => !unschedulable, node)
    expect(rollout.applying()).toEqual([node])
  })

  it('is replaced at once when the image is edited: nothing of the Job has begun', async () => {
    const name = 'wrong-image'
    stage.script.upgrade(name, ({ container }) => (container.image.startsWith('wrong') ? { waiting } : {}))
    const rollout = await startRollout(stage, { name, spec: { version: after, cordon: true, upgrade: { image: 'wrong/k3s-upgrade' } } })
    await rollout.until('Complete', /^False\/SyncJob: .*cannot be pulled/)

    await rollout.edit({ spec: { upgrade: { image: 'rancher/k3s-upgrade' } } })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs()).toHaveLength(1)
  })
})

describe.concurrent('falkirk.dev/retry', () => {
  it('tries a failed node again after a pause, as often as it says, and goes on', async () => {
    const name = 'retry'
    stage.script.upgrade(name, ({ before: tries }) => ({ exitCode: tries < 2 ? 1 : 0 }))
    const annotations = { 'falkirk.dev/retry': 'count=2,backoff=2s,max=4s' }
    const rollout = await startRollout(stage, { name, annotations, spec: { version: after, cordon: true } })

    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs().map((run) => run.exitCode)).toEqual([1, 1, 0])
    const said = stage.observer.plans.history(`${namespace}/${name}`).map(({ facts }) => facts?.conditions.Complete ?? '')
    expect(said).toContainEqual(expect.stringMatching(/^False\/Retrying: .*; try 3 of 3 at /))
    // a Job's end is told in whole seconds
    const [first, second, third] = rollout.runs()
    expect((second?.startedAtMs ?? 0) - (first?.endedAtMs ?? 0)).toBeGreaterThan(1000)
    expect((third?.startedAtMs ?? 0) - (second?.endedAtMs ?? 0)).toBeGreaterThan(3000)
  })

  it('ends with the failure when the tries are used up, and goes on when it is raised', async () => {
    const name = 'retry-more'
    stage.script.upgrade(name, ({ before: tries }) => ({ exitCode: tries < 2 ? 1 : 0 }))
    const annotations = { 'falkirk.dev/retry': 'count=1,backoff=1s' }
    const rollout = await startRollout(stage, { name, annotations, spec: { version: after, cordon: true } })
    await rollout.until('Complete', /^False\/JobFailed/)
    expect(rollout.runs()).toHaveLength(2)

    await rollout.annotate({ 'falkirk.dev/retry': 'count=2,backoff=1s' })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs()).toHaveLength(3)
  })
})

describe.concurrent('a Job that ends with 0 while the node still reports the old version', () => {
  it('is NotReached, not done: the slot is kept, the node given back and not labelled', async () => {
    const name = 'not-reached'
    stage.script.upgrade(name, () => ({ setVersion: false }))
    const rollout = await startRollout(stage, { name, nodes: 2, spec: { version: after, cordon: true } })

    const said = await rollout.until('Complete', /^False\/NotReached/)
    const node = rollout.applying()[0] ?? ''
    expect(said).toContain(`succeeded, but Node ${node} reports ${before} instead of v1.20.3-k3s1`)
    expect((await rollout.event('NotReached')).message).toBe(said.replace('False/NotReached: ', ''))
    await rollout.untilNode('schedulable again', ({ unschedulable }) => !unschedulable, node)
    expect(rollout.done(node)).toBeUndefined()
    expect(rollout.runs()).toHaveLength(1)
    expect(await rollout.events()).not.toContainEqual(expect.objectContaining({ reason: 'JobComplete' }))

    await reportVersion(node, after)
    await stage.observer.until('the late node is done', () => rollout.done(node) === rollout.hash())
    expect(rollout.runs().filter((run) => run.node === node)).toHaveLength(1)
  })

  it('is waited for as long as the setting says', async () => {
    const name = 'late-version'
    stage.script.upgrade(name, () => ({ setVersion: false }))
    const rollout = await startRollout(stage, { name, spec: { version: after, cordon: true } })
    await rollout.until('Complete', /^False\/SyncJob: Node late-version-0 reports v1.20.2\+k3s1; waiting for v1.20.3-k3s1$/)
    expect(rollout.done()).toBeUndefined()
    await reportVersion('late-version-0', after)
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
  })
})

function createSecret(name: string, stringData: Record<string, string>): Promise<unknown> {
  return stage.plane.api.post(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData })
}

function reportVersion(node: string, kubeletVersion: string): Promise<unknown> {
  return stage.plane.api.patch(`/api/v1/nodes/${node}/status`, { status: { nodeInfo: { kubeletVersion } } })
}
