import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BareStage, setBareStage } from './bare-stage.ts'
import type { Hold } from './job-script.ts'
import { before, createPlan, type PlanObject, Rollout, startRollout } from './rollout.ts'
import { namespace } from './stage.ts'
import { canonical, objectSetHash, sucHash, sucJob, sucJobName } from './suc-job.ts'
import { sucRoles } from './suc-roles.ts'

const wanted = 'v1.20.11+k3s1'
const version = 'v1.20.11-k3s1'
const hash = sucHash(version)
const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`

interface JobObject {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly labels: Record<string, string>
    readonly annotations: Record<string, string>
    readonly finalizers?: readonly string[]
    readonly ownerReferences: readonly object[]
  }
  readonly spec: { readonly parallelism: number; readonly template: object }
}

let stage: BareStage

beforeAll(async () => {
  stage = await setBareStage({ name: 'plan-take-over', users: [{ name: 'their-account' }], auditedUsers: ['their-account'] })
  await stage.plane.kubectl(['apply', '-f', 'deploy/base/crd.yaml'])
  await stage.plane.kubectl.established('plans.upgrade.cattle.io')
})

afterAll(async () => {
  await stage?.down()
})

/** Nodes and a Plan as a system-upgrade-controller knows them; its status is what that has written. */
async function leftPlan(name: string, nodes: readonly string[], status: object): Promise<{ rollout: Rollout; uid: string }> {
  await stage.addNodes(nodes.map((node) => ({ name: node, version: before, labels: { rollout: name } })))
  const rollout = new Rollout(stage, name, nodes)
  await createPlan(stage, { name, spec: { version: wanted, concurrency: 3, cordon: true } })
  const plan = await rollout.get()
  await stage.plane.api.put(`${rollout.path}/status`, { ...plan, apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', status })
  return { rollout, uid: plan.metadata.uid }
}

/** As Go writes them: local time with an offset, no time of transition. */
function conditions(complete: { status: string; reason: string; message?: string }): object[] {
  const lastUpdateTime = '2026-11-20T09:30:00+01:00'
  return [
    { type: 'Complete', ...complete, lastUpdateTime },
    { type: 'Validated', status: 'True', reason: 'PlanIsValid', lastUpdateTime },
    { type: 'LatestResolved', status: 'True', reason: 'Version', lastUpdateTime },
  ]
}

const syncing = conditions({ status: 'False', reason: 'SyncJob' })

async function leftJob(plan: string, planUid: string, node: string, parallelism: 0 | 1 = 1): Promise<JobObject> {
  return stage.plane.api.post<JobObject>(jobsPath, sucJob({ plan, planUid, node, version, parallelism }))
}

async function untilJob(job: JobObject, end: 'Complete' | 'Failed'): Promise<void> {
  await stage.observer.until(`${job.metadata.name} ${end}`, () => stage.observer.jobs.get(job.metadata.uid)?.end === end)
}

const label = (plan: string, value: string) => ({ metadata: { labels: { [`plan.upgrade.cattle.io/${plan}`]: value } } })
const cordon = (unschedulable: boolean) => ({ spec: { unschedulable } })

describe('what a system-upgrade-controller has left in the middle of a rollout', () => {
  const plan = 'k3s-server'
  const [done, running, paused, ended, untouched, disabled, kept] = ['node-0', 'node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6']
  let rollout: Rollout
  let held: Hold
  let jobs: Record<'done' | 'running' | 'paused' | 'ended' | 'kept', JobObject>

  beforeAll(async () => {
    stage.script.upgrade(plan, ({ node }) => (node === running ? held.run : {}))
    held = stage.script.hold('unused')
    const nodes = [done, running, paused, ended, untouched, disabled, kept]
    const left = await leftPlan(plan, nodes, {
      conditions: syncing,
      latestVersion: version,
      latestHash: hash,
      applying: [running, paused, ended],
    })
    rollout = left.rollout
    jobs = {
      done: await leftJob(plan, left.uid, done),
      running: await leftJob(plan, left.uid, running),
      paused: await leftJob(plan, left.uid, paused, 0),
      ended: await leftJob(plan, left.uid, ended),
      kept: await leftJob(plan, left.uid, kept),
    }
    for (const job of [jobs.done, jobs.ended, jobs.kept]) await untilJob(job, 'Complete')
    await rollout.patchNode({ ...label(plan, hash), ...cordon(false) }, done)
    // somebody has cordoned this one after its upgrade
    await rollout.patchNode({ ...label(plan, hash), ...cordon(true) }, kept)
    await rollout.patchNode(label(plan, 'disabled'), disabled)
    await rollout.untilNode('cordoned by its Job', ({ unschedulable }) => unschedulable, running)
    await (await stage.startController()).ready()
  })

  it('is built by the vectors', () => {
    expect(hash).toBe('21c75c607087495cc7f2c945c508a36de1f8661ce8c6b4d5989a883c')
    expect(objectSetHash(plan)).toBe('9f2ac612f7e407418de10c3f7b09695f3acb1dfa')
    expect(sucJobName('server-plan', 'decgn-pr-vmcq-k8s', 'd5c507264ef83171925233cdeebe1f8a21614263918690682ef945fe')).toBe(
      'apply-server-plan-on-decgn-pr-vmcq-k8s-with-d5c507264ef83-d9397',
    )
  })

  it('is gone on with: running Jobs end, a paused one starts, an ended one counts, nothing runs twice', async () => {
    await stage.observer.until('the node whose Job had ended is done', () => rollout.done(ended) === hash)
    await stage.observer.until('the paused Job has run', () => rollout.done(paused) === hash)
    await stage.observer.until('the next node has come in', () => rollout.done(untouched) === hash)
    await stage.observer.until('the running one is left', () => rollout.applying().join() === running)
    expect(rollout.done(running)).toBeUndefined()
    expect(rollout.node(running)?.unschedulable).toBe(true)

    held.release()
    await rollout.untilComplete()
    const once = [done, ended, kept, paused, running, untouched].sort()
    expect(
      rollout
        .runs()
        .map(({ node }) => node)
        .sort(),
    ).toEqual(once)
    expect([...stage.observer.jobsPerNode(plan)].sort()).toEqual(once.map((node) => [node, 1]))
    expect(rollout.hash()).toBe(hash)
  })

  it('keeps its Jobs: not one was made anew', () => {
    const uids = stage.observer.jobs.now().filter((job) => job.plan === plan && job.node !== untouched)
    expect(uids.map(({ uid }) => uid).sort()).toEqual(
      Object.values(jobs)
        .map(({ metadata }) => metadata.uid)
        .sort(),
    )
  })

  it('has its nodes made schedulable again as promised, and not the one that somebody else has cordoned', () => {
    const cordoned = rollout.nodes.filter((node) => rollout.node(node)?.unschedulable)
    expect(cordoned).toEqual([kept])
    expect(rollout.nodes.filter((node) => rollout.node(node)?.journal !== '')).toEqual([])
    expect(rollout.done(disabled)).toBe('disabled')
  })
})

describe('a Plan that a system-upgrade-controller has just begun with', () => {
  it('has a paused Job and nothing in its status: the Job is used, and the node upgraded once', async () => {
    const plan = 'first-round'
    await stage.falkirk().stop()
    const { rollout, uid } = await leftPlan(plan, ['first-0'], {
      conditions: conditions({ status: 'False', reason: 'Resolved' }),
      latestVersion: version,
      latestHash: hash,
    })
    const job = await leftJob(plan, uid, 'first-0', 0)
    await (await stage.startController()).ready()
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(1)
    expect(rollout.jobs().map(({ name }) => name)).toEqual([job.metadata.name])
    expect(rollout.leftOvers()).toEqual([])
  })
})

describe('a failed Job of a system-upgrade-controller', () => {
  it('keeps its slot and is not tried again, and its node is made schedulable', async () => {
    const plan = 'left-failed'
    stage.script.upgrade(plan, ({ node, before: tries }) => ({ exitCode: node === 'failed-0' && tries === 0 ? 1 : 0 }))
    await stage.falkirk().stop()
    const message = 'Job system-upgrade/x failed on Node failed-0: BackoffLimitExceeded: Job has reached the specified backoff limit'
    const { rollout, uid } = await leftPlan(plan, ['failed-0', 'failed-1'], {
      conditions: conditions({ status: 'False', reason: 'JobFailed', message }),
      latestVersion: version,
      latestHash: hash,
      applying: ['failed-0'],
    })
    const job = await leftJob(plan, uid, 'failed-0')
    await untilJob(job, 'Failed')
    await rollout.edit({ spec: { concurrency: 1 } })
    await rollout.untilNode('cordoned by its Job', ({ unschedulable }) => unschedulable, 'failed-0')

    await (await stage.startController()).ready()
    await rollout.until('Complete', /^False\/JobFailed: Job .* failed on Node failed-0: BackoffLimitExceeded: .*exited with code 1/)
    await rollout.untilNode('schedulable again', ({ unschedulable }) => !unschedulable, 'failed-0')
    expect(rollout.applying()).toEqual(['failed-0'])
    expect(rollout.runs()).toHaveLength(1)

    await rollout.annotate({ 'falkirk.dev/retry': 'count=1,backoff=1s' })
    await rollout.untilComplete()
    expect(rollout.runs().map(({ node }) => node)).toEqual(['failed-0', 'failed-0', 'failed-1'])
    expect(rollout.leftOvers()).toEqual([])
  })
})

describe('with the rights that the manifests of a system-upgrade-controller give', () => {
  it('nodes are upgraded, and a Job at work is not replaced when its Plan is edited, although pods may not be watched', async () => {
    const plan = 'their-rights'
    await stage.falkirk().stop()
    const items = sucRoles('their-account', namespace)
    await stage.plane.kubectl.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    const kubeconfig = stage.plane.kubeconfigFor('their-account')
    await (await stage.startController({ processName: 'their-account', kubeconfig, leaderElect: true })).ready()

    const held = stage.script.hold(plan)
    const rollout = await startRollout(stage, { name: plan, nodes: 2, spec: { version: wanted, cordon: true } })
    await rollout.untilRuns(1)
    const [first] = rollout.jobs()
    await rollout.edit({ spec: { version: 'v1.20.12+k3s1' } })
    await rollout.until('Complete', /^False\/SyncJob: Job .* for version v1\.20\.11-k3s1 ends first on Node their-rights-\d$/)
    expect(rollout.jobs().map(({ name }) => name)).toEqual([first?.name])
    stage.script.upgrade(plan, () => ({}))
    held.release()
    await rollout.untilComplete()
    expect(rollout.runs().map((run) => run.version)).toEqual(['v1.20.11-k3s1', 'v1.20.12-k3s1', 'v1.20.12-k3s1'])
    expect(rollout.leftOvers()).toEqual([])
    const refused = stage.plane.requests('their-account').filter(({ code }) => code === 403)
    // what they cannot know of is asked for once a minute, and not missed
    expect([...new Set(refused.map(({ verb, resource }) => `${verb} ${resource}`))].sort()).toEqual(['list clusterupgrades', 'watch pods'])
    await stage.falkirk().stop()
    await (await stage.startController()).ready()
  })
})

describe('the way back: what Falkirk has left in the middle of a rollout', () => {
  const plan = 'way-back'
  let rollout: Rollout
  let object: PlanObject & { metadata: { finalizers?: string[]; annotations?: object } }
  let jobs: JobObject[]

  beforeAll(async () => {
    stage.script.hold(plan)
    rollout = await startRollout(stage, { name: plan, nodes: 3, spec: { version: wanted, concurrency: 2, cordon: true } })
    await rollout.untilRuns(2)
    await stage.falkirk().kill()
    object = await rollout.get()
    const list = await stage.plane.api.get<{ items: JobObject[] }>(`${jobsPath}?labelSelector=upgrade.cattle.io%2Fplan%3D${plan}`)
    jobs = list.items
    await stage.observer.caughtUp()
  })

  it('is a status of known fields, the nodes in progress by hostname and ordered by name', () => {
    const { status = {}, metadata } = object
    expect(Object.keys(status).sort()).toEqual(['applying', 'conditions', 'latestHash', 'latestVersion'])
    expect(status.latestVersion).toBe(version)
    expect(status.latestHash).toBe(hash)
    const nodes = jobs.map((job) => job.metadata.labels['upgrade.cattle.io/node'] ?? '')
    expect(status.applying).toEqual(nodes.sort())
    expect(status.conditions?.map(({ type, status: state, reason }) => `${type} ${state} ${reason}`)).toEqual([
      'Complete False SyncJob',
      'Validated True PlanIsValid',
      'LatestResolved True Version',
    ])
    const known = ['lastTransitionTime', 'lastUpdateTime', 'message', 'reason', 'status', 'type']
    expect(status.conditions?.flatMap((condition) => Object.keys(condition).filter((key) => !known.includes(key)))).toEqual([])
    expect(metadata.finalizers).toBeUndefined()
    expect(metadata.annotations).toBeUndefined()
  })

  it('is Jobs that a system-upgrade-controller knows by their labels and would not make anew', async () => {
    expect(jobs).toHaveLength(2)
    for (const job of jobs) {
      const node = job.metadata.labels['upgrade.cattle.io/node'] ?? ''
      const theirs = sucJob({ plan, planUid: object.metadata.uid, node, version, parallelism: 1 }) as JobObject
      expect(job.metadata.name).toBe(theirs.metadata.name)
      expect(job.metadata.labels).toEqual(theirs.metadata.labels)
      expect(job.metadata.ownerReferences).toEqual(theirs.metadata.ownerReferences)
      expect(job.metadata.finalizers ?? []).not.toContainEqual(expect.stringContaining('falkirk'))
      expect(job.spec.parallelism).toBe(1)
      expect(job.metadata.annotations).toMatchObject(withoutApplied(theirs.metadata.annotations))
      // it compares this with what it wants; where the pod's template differs it makes the Job anew
      expect(canonical(applied(job).spec.template)).toEqual(canonical(applied(theirs).spec.template))
    }
  })

  it('is nodes that Falkirk lets go of when it comes back', async () => {
    expect(rollout.nodes.filter((node) => rollout.node(node)?.unschedulable)).toEqual(object.status?.applying)
    stage.script.upgrade(plan, () => ({}))
    await (await stage.startController()).ready()
    await stage.plane.kubectl(['-n', namespace, 'delete', 'plan', plan])
    await rollout.untilNothingLeft()
  })
})

function applied(job: JobObject): JobObject {
  const text = job.metadata.annotations['objectset.rio.cattle.io/applied'] ?? ''
  expect(text).toMatch(/^[A-Za-z0-9+/]+$/)
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as JobObject
}

function withoutApplied({ 'objectset.rio.cattle.io/applied': _, ...rest }: Record<string, string>): Record<string, string> {
  return rest
}
