import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { after, planObject, type RolloutOptions, startRollout } from './rollout.ts'
import { namespace, type PlanStage, setStage } from './stage.ts'

/** A Plan of which nobody can tell that it is about Kubernetes. */
const anything = { version: 'latest', upgrade: { image: 'library/alpine:3.18', command: ['sh', '-c'], args: ['exit 0'] } }

let stage: PlanStage

beforeAll(async () => {
  stage = await setStage({ name: 'plan-contract' })
})

afterAll(async () => {
  await stage?.down()
})

function create(options: RolloutOptions, at = namespace): Promise<string> {
  return stage.plane.api.post(`/apis/upgrade.cattle.io/v1/namespaces/${at}/plans`, planObject(options, at)).then(
    () => 'created',
    (error: Error) => error.message,
  )
}

async function labelsOf(node: string): Promise<Record<string, string>> {
  return (await stage.plane.api.get<{ metadata: { labels: Record<string, string> } }>(`/api/v1/nodes/${node}`)).metadata.labels
}

interface JobObject {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly initContainers?: readonly { readonly name: string; readonly args: readonly string[] }[] }
    }
  }
  readonly status: { readonly succeeded?: number; readonly failed?: number; readonly active?: number }
}

function jobNamed(name: string): Promise<JobObject> {
  return stage.plane.api.get(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`)
}

describe.concurrent('the Plan API', () => {
  it('point 18: refuses a Plan without upgrade', async () => {
    expect(await create({ name: 'point-18', spec: { upgrade: undefined } })).toContain('spec.upgrade: Required value')
  })

  it('point 19: a Plan with neither channel nor version is not resolved', async () => {
    const rollout = await startRollout(stage, { name: 'point-19', nodes: 0 })
    expect(await rollout.until('LatestResolved', /^False/)).toBe('False/Error: cannot resolve plan: missing channel and version')
    expect([rollout.version(), rollout.hash()]).toEqual(['', ''])
    expect(await rollout.event('ResolveFailed')).toMatchObject({ message: 'cannot resolve plan: missing channel and version', count: 1 })
  })

  it.each([
    { name: 'point-20', version: 'test', latest: 'test' },
    { name: 'points-21-22', version: 'v1.2.3+test', latest: 'v1.2.3-test' },
  ])('$name: version $version is resolved to $latest', async ({ name, version, latest }) => {
    const rollout = await startRollout(stage, { name, nodes: 0, spec: { version } })
    await rollout.until('LatestResolved', /^True\/Version$/)
    expect(rollout.version()).toBe(latest)
    expect(rollout.hash()).toMatch(/^[0-9a-f]{56}$/)
  })

  it('point 30: a drain with both delete flags is refused; without one it is drained as it says', async () => {
    const podSelector = { matchExpressions: [{ key: 'component', operator: 'NotIn', values: ['sonobuoy'] }] }
    const drain = { disableEviction: true, deleteLocalData: true, deleteEmptydirData: true, podSelector }
    const rollout = await startRollout(stage, { name: 'point-30', spec: { ...anything, drain } })
    expect(await rollout.until('Validated', /^False/)).toBe(
      'False/Error: spec.drain cannot specify both deleteEmptydirData and deleteLocalData',
    )
    expect(rollout.everTouched()).toEqual([])

    await rollout.edit({ spec: { drain: { deleteLocalData: null } } })
    await rollout.until('Validated', /^True\/PlanIsValid$/)
    await rollout.untilComplete()
    const { spec, status } = await jobNamed(rollout.jobs()[0]?.name ?? '')
    expect(status).toMatchObject({ succeeded: 1 })
    const [drains, ...more] = spec.template.spec.initContainers ?? []
    expect(more).toEqual([])
    expect(drains?.name).toBe('drain')
    expect(drains?.args.join(' ')).toContain('!upgrade.cattle.io/controller')
    expect(drains?.args.join(' ')).toContain('component notin (sonobuoy)')
    await rollout.untilNothingLeft()
  })

  it('point 31: a window on no day of the week is refused by the API; one that is always open holds nothing up', async () => {
    const refusal = await create({ name: 'point-31-never', spec: { ...anything, window: { days: ['never'] } } })
    expect(refusal).toContain('invalid: spec.window.days')
    const days = ['mo', 'tuesday', 'we', '4', 'friday', 'sa', '0']
    const window = { days, startTime: '00:00:00', endTime: '23:59:59', timeZone: 'UTC' }
    const rollout = await startRollout(stage, { name: 'point-31', spec: { ...anything, window } })
    await rollout.untilComplete()
    expect(rollout.condition('Validated')).toBe('True/PlanIsValid')
    expect(rollout.runs()).toHaveLength(1)
  })

  it('point 32: a negative postCompleteDelay is refused until it is set to one that is not', async () => {
    const rollout = await startRollout(stage, { name: 'point-32', spec: { ...anything, postCompleteDelay: '-30s' } })
    expect(await rollout.until('Validated', /^False/)).toContain('spec.postCompleteDelay is negative')
    await rollout.edit({ spec: { postCompleteDelay: '1s' } })
    await rollout.untilComplete()
    expect(rollout.condition('Validated')).toBe('True/PlanIsValid')
  })

  it('point 34: postCompleteLabels are on the node when its Job has succeeded', async () => {
    const postCompleteLabels = {
      'example.org/version': '$(LATEST_VERSION)',
      'example.org/hash': '$(LATEST_HASH)',
      'example.org/by': 'static-value',
    }
    const rollout = await startRollout(stage, { name: 'point-34', spec: { version: after, postCompleteLabels } })
    await rollout.untilComplete()
    expect(await labelsOf('point-34-0')).toMatchObject({
      'example.org/version': 'v1.20.3-k3s1',
      'example.org/hash': rollout.hash(),
      'example.org/by': 'static-value',
      'plan.upgrade.cattle.io/point-34': rollout.hash(),
    })
  })

  it('point 80: a Plan in another namespace is left alone', async () => {
    const rollout = await startRollout(stage, { name: 'point-80', spec: { ...anything, concurrency: 0 } })
    expect(await create({ name: 'point-80', spec: anything }, 'default')).toBe('created')
    await rollout.until('Complete', /^True\/Complete$/)
    const elsewhere = await stage.plane.api.get<{ status?: object }>('/apis/upgrade.cattle.io/v1/namespaces/default/plans/point-80')
    expect(elsewhere.status).toBeUndefined()
    expect(rollout.everTouched()).toEqual([])
  })
})

describe.concurrent('postCompleteDelay', () => {
  it('point 54: the node serves again at once, is marked as done later, and holds its slot meanwhile', async () => {
    const rollout = await startRollout(stage, { name: 'delay', nodes: 2, spec: { ...anything, cordon: true, postCompleteDelay: '3s' } })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    const [first, second] = rollout.runs()
    expect((second?.startedAtMs ?? 0) - (first?.endedAtMs ?? 0)).toBeGreaterThan(2000)
    for (const node of rollout.nodes) {
      const states = stage.observer.nodes.history(node).map(({ facts }) => facts)
      const done = states.findIndex((facts) => facts?.labels['plan.upgrade.cattle.io/delay'] !== undefined)
      expect(states.slice(0, done).at(-1)).toMatchObject({ unschedulable: false, journal: '' })
      expect(states.slice(0, done).some((facts) => facts?.unschedulable === true)).toBe(true)
    }
    // the event that is found may already be the one that speaks of both
    expect((await rollout.event('JobCompleteWaiting')).message).toMatch(
      /^Job completed on Node (delay-[01]|delay-0, delay-1|delay-1, delay-0), waiting 3s PostCompleteDelay( \(2 in all\))?$/,
    )
  })
})

describe.concurrent('what runs a Plan again on nodes that are done', () => {
  const secret = (name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`
  const createSecret = (name: string, stringData: Record<string, string>) =>
    stage.plane.api.post(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData })

  it('point 49: a changed Secret does', async () => {
    await createSecret('script', { 'upgrade.sh': 'true' })
    const spec = { ...anything, secrets: [{ name: 'script', path: '/script' }] }
    const rollout = await startRollout(stage, { name: 'point-49', nodes: 2, spec })
    await rollout.untilRuns(2)
    await rollout.untilComplete()
    const hash = rollout.hash()
    await stage.plane.api.patch(secret('script'), { stringData: { 'upgrade.sh': 'false' } })
    await stage.observer.until('another hash', () => rollout.hash() !== hash)
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(4)
    expect(rollout.nodes.map((node) => rollout.done(node))).toEqual([rollout.hash(), rollout.hash()])
  })

  it('point 33: a changed Secret with ignoreUpdates does not', async () => {
    await createSecret('ignored', { password: 'one' })
    await createSecret('watched', { password: 'one' })
    const secrets = [
      { name: 'ignored', path: '/ignored', ignoreUpdates: true },
      { name: 'watched', path: '/watched' },
    ]
    const rollout = await startRollout(stage, { name: 'point-33', nodes: 0, spec: { ...anything, secrets } })
    await rollout.untilComplete()
    const { latestHash } = (await rollout.get()).status ?? {}
    await stage.plane.api.patch(secret('ignored'), { stringData: { password: 'two' } })
    await stage.plane.api.patch(secret('watched'), { metadata: { labels: { looked: 'at' } } })
    await rollout.annotate({ 'example.org/looked': 'at' })
    const looked = await startRollout(stage, { name: 'point-33-witness', nodes: 0, spec: anything })
    await looked.untilComplete()
    expect((await rollout.get()).status?.latestHash).toBe(latestHash)

    await stage.plane.api.patch(secret('watched'), { stringData: { password: 'two' } })
    await stage.observer.until('the other Secret changes the hash', () => rollout.hash() !== latestHash)
  })

  it('a missing Secret is said, and nothing starts until it is there', async () => {
    const spec = { ...anything, secrets: [{ name: 'comes-later', path: '/later' }] }
    const rollout = await startRollout(stage, { name: 'secret-missing', spec })
    expect(await rollout.until('Validated', /^False/)).toBe('False/Error: secrets "comes-later" not found')
    expect(rollout.everTouched()).toEqual([])
    await createSecret('comes-later', { password: 'here' })
    await rollout.untilComplete()
  })

  it('point 50: another serviceAccountName does', async () => {
    await stage.plane.kubectl(['-n', namespace, 'create', 'serviceaccount', 'other'])
    const rollout = await startRollout(stage, { name: 'point-50', spec: anything })
    await rollout.untilComplete()
    const hash = rollout.hash()
    await rollout.edit({ spec: { serviceAccountName: 'other' } })
    await stage.observer.until('another hash', () => rollout.hash() !== hash)
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(2)
  })

  it('point 51: another image or other arguments do not', async () => {
    const rollout = await startRollout(stage, { name: 'point-51', spec: anything })
    // before the controller knows of the new node, there is nothing to do either
    await rollout.untilRuns(1)
    await rollout.untilComplete()
    const hash = rollout.hash()
    await rollout.edit({ spec: { upgrade: { image: 'library/alpine:3.19', args: ['exit 7'] } } })
    const witness = await startRollout(stage, { name: 'point-51-witness', spec: anything })
    await witness.untilComplete()
    expect([rollout.hash(), rollout.condition()]).toEqual([hash, 'True/Complete'])
    expect(rollout.runs()).toHaveLength(1)
  })

  it('a change of what the digest annotation names does, one of anything else does not', async () => {
    const annotations = { 'upgrade.cattle.io/digest': 'spec.upgrade.envs,spec.upgrade.envFrom' }
    const upgrade = { ...anything.upgrade, envs: [{ name: 'MODE', value: 'one' }] }
    const rollout = await startRollout(stage, { name: 'digest', annotations, spec: { ...anything, upgrade } })
    await rollout.untilComplete()
    const hash = rollout.hash()
    await rollout.edit({ spec: { upgrade: { args: ['exit 8'] } } })
    await rollout.edit({ spec: { upgrade: { args: ['exit 0'], envs: [{ name: 'MODE', value: 'two' }] } } })
    await stage.observer.until('another hash', () => rollout.hash() !== hash)
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(2)
  })

  it('a label that somebody takes away does', async () => {
    const rollout = await startRollout(stage, { name: 'label-removed', spec: anything })
    await rollout.untilComplete()
    await rollout.patchNode({ metadata: { labels: { 'plan.upgrade.cattle.io/label-removed': null } } })
    await rollout.untilRuns(2)
    await rollout.untilNode('done again', () => rollout.done() === rollout.hash())
    expect(rollout.runs()).toHaveLength(2)
  })
})

describe.concurrent('exclusive Plans', () => {
  it('are not at work on a node at the same time: the second waits before its deadline begins', async () => {
    const held = stage.script.hold('exclusive-a')
    const first = await startRollout(stage, { name: 'exclusive-a', spec: { ...anything, exclusive: true } })
    await first.untilRuns(1)
    const nodeSelector = { matchLabels: { rollout: 'exclusive-a' } }
    const spec = { ...anything, nodeSelector, exclusive: true, jobActiveDeadlineSecs: 30 }
    const second = await startRollout(stage, { name: 'exclusive-b', nodes: 0, spec })
    await second.until('Complete', /^False\/Exclusive: Node exclusive-a-0 waits: another exclusive Plan is at work on it$/)
    expect(second.jobs()).toEqual([])

    held.release()
    await Promise.all([first.untilComplete(), second.untilComplete()])
    const [a] = first.runs()
    const [b] = second.runs()
    expect(b?.startedAtMs ?? 0).toBeGreaterThanOrEqual(a?.endedAtMs ?? Number.POSITIVE_INFINITY)
  })
})

describe.concurrent('a window', () => {
  const open = { days: ['0', '1', '2', '3', '4', '5', '6'], startTime: '00:00:00', endTime: '23:59:59', timeZone: 'UTC' }
  /** The day in a zone that has just this weekday as seldom as can be: three days from now. */
  const closed = { ...open, days: [String((new Date().getUTCDay() + 3) % 7)] }

  it('that is closed starts nothing and says so; when it opens, nodes start', async () => {
    const rollout = await startRollout(stage, { name: 'closed', spec: { ...anything, cordon: true, window: closed } })
    expect(await rollout.until('Complete', /^False\/Waiting/)).toBe('False/Waiting: current time is not within configured window')
    expect((await rollout.event('Waiting')).message).toContain('Waiting for start of Spec.Window to sync Jobs for version latest. Hash: ')
    expect(rollout.everTouched()).toEqual([])
    await rollout.edit({ spec: { window: open } })
    await rollout.untilComplete()
  })

  it('that closes in the middle does not stop what has begun', async () => {
    const held = stage.script.hold('closes')
    const rollout = await startRollout(stage, { name: 'closes', nodes: 2, spec: { ...anything, cordon: true, window: open } })
    await rollout.untilRuns(1)
    await rollout.edit({ spec: { window: closed } })
    held.release()
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(2)
  })

  it('falkirk.dev/window: strict: a window that closes in the middle lets no other node start', async () => {
    const held = stage.script.hold('strict')
    const annotations = { 'falkirk.dev/window': 'strict' }
    const spec = { ...anything, cordon: true, window: open }
    const rollout = await startRollout(stage, { name: 'strict', nodes: 2, annotations, spec })
    await rollout.untilRuns(1)
    await rollout.edit({ spec: { window: closed } })
    held.release()
    await rollout.until('Complete', /^False\/Waiting: current time is not within configured window$/)
    await rollout.untilNothingLeft()
    expect(rollout.runs()).toHaveLength(1)
    expect(rollout.applying()).toEqual([])

    await rollout.edit({ spec: { window: open } })
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(2)
  })
})
