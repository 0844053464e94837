import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { after, type Rollout, startRollout } from './rollout.ts'
import { namespace, type PlanStage, setStage } from './stage.ts'

const cordons = { version: after, cordon: true }

let stage: PlanStage

beforeAll(async () => {
  stage = await setStage({ name: 'plan-interruptions' })
})

afterAll(async () => {
  await stage?.down()
})

/** The upgrade of the first node runs, cordoned, until it is released. */
async function inTheMiddle(name: string, { nodes = 1, spec = {} }: { nodes?: number; spec?: object } = {}) {
  const held = stage.script.hold(name)
  const rollout = await startRollout(stage, { name, nodes, spec: { ...cordons, ...spec } })
  await rollout.untilRuns(1)
  const node = rollout.runs()[0]?.node ?? ''
  await rollout.untilNode('cordoned', ({ unschedulable, journal }) => unschedulable && journal !== '', node)
  await rollout.untilRunning()
  await stage.observer.caughtUp()
  return { rollout, held, node, other: rollout.nodes.find((each) => each !== node) ?? '' }
}

describe.concurrent('in the middle of an upgrade', () => {
  it('a deleted Plan leaves no Job, no cordon and no journal', async () => {
    const { rollout } = await inTheMiddle('plan-deleted')
    await rollout.delete()
    await rollout.untilNothingLeft()
    await stage.observer.until('its Job is gone', () => rollout.jobs().length === 0)
    expect(rollout.done()).toBeUndefined()
  })

  it('a deleted node frees its slot, and its Job goes', async () => {
    const { rollout, held, node, other } = await inTheMiddle('node-deleted', { nodes: 2 })
    await stage.plane.api.delete(`/api/v1/nodes/${node}`)
    held.release()
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.done(other)).toBe(rollout.hash())
    await stage.observer.until('the Job of the deleted node is gone', () => rollout.jobs().every((job) => job.node !== node))
  })

  it.each([
    {
      name: 'label-disabled',
      change: (rollout: Rollout, node: string) =>
        rollout.patchNode({ metadata: { labels: { 'plan.upgrade.cattle.io/label-disabled': 'disabled' } } }, node),
    },
    {
      name: 'selector-changed',
      change: (rollout: Rollout, node: string) =>
        rollout.edit({
          spec: { nodeSelector: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node] }] } },
        }),
    },
    {
      name: 'node-relabelled',
      change: (rollout: Rollout, node: string) => rollout.patchNode({ metadata: { labels: { rollout: null } } }, node),
    },
  ])('$name: what runs ends first, the node is given back as it was and is not done; the next one goes on', async ({ name, change }) => {
    const { rollout, held, node, other } = await inTheMiddle(name, { nodes: 2 })
    await change(rollout, node)
    await rollout.until('Complete', new RegExp(`^False/SyncJob: Job ${namespace}/\\S+ ends first on Node ${node}$`))
    expect(rollout.jobs()).toMatchObject([{ node, end: 'None' }])

    held.release()
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs().map((run) => run.exitCode)).toEqual([0, 0])
    expect([undefined, 'disabled']).toContain(rollout.done(node))
    expect(rollout.done(other)).toBe(rollout.hash())
  })

  it('a changed version waits for what runs, then each node gets the new one', async () => {
    const { rollout, held, node } = await inTheMiddle('version-changed', { nodes: 2 })
    await rollout.edit({ spec: { version: 'v1.20.4+k3s1' } })
    await rollout.until('Complete', new RegExp(`for version v1.20.3-k3s1 ends first on Node ${node}$`))
    stage.script.upgrade('version-changed', () => ({}))
    held.release()
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs().map((run) => [run.version, run.exitCode])).toEqual([
      ['v1.20.3-k3s1', 0],
      ['v1.20.4-k3s1', 0],
      ['v1.20.4-k3s1', 0],
    ])
    expect(rollout.nodes.map((each) => rollout.node(each)?.kubeletVersion)).toEqual(['v1.20.4+k3s1', 'v1.20.4+k3s1'])
    expect(rollout.nodes.map((each) => rollout.done(each))).toEqual([rollout.hash(), rollout.hash()])
    expect(stage.observer.maxRunning('version-changed').count).toBe(1)
  })

  it('a version that is changed before anything has begun replaces the Job at once', async () => {
    const name = 'version-early'
    stage.script.upgrade(name, ({ container }) =>
      container.image.endsWith(':v1.20.3-k3s1') ? { waiting: { reason: 'ErrImagePull', message: 'no such tag' } } : {},
    )
    const rollout = await startRollout(stage, { name, spec: cordons })
    await rollout.until('Complete', /its image cannot be pulled \(no such tag\)$/)
    await rollout.edit({ spec: { version: 'v1.20.4+k3s1' } })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs().map((run) => run.version)).toEqual(['v1.20.4-k3s1'])
  })

  it('an edit that makes the Plan invalid starts nothing more; what runs ends as usual', async () => {
    const { rollout, held, node, other } = await inTheMiddle('made-invalid', { nodes: 2 })
    await rollout.edit({ spec: { postCompleteDelay: '-30s' } })
    expect(await rollout.until('Validated', /^False/)).toBe('False/Error: spec.postCompleteDelay is negative')
    held.release()
    await rollout.untilNothingLeft()
    await rollout.untilNode('done', () => rollout.done(node) === rollout.hash(), node)
    expect(rollout.condition()).toBe('False/NotReady: plan is not valid and resolved')
    expect(stage.observer.nodes.history(other).every(({ facts }) => facts?.unschedulable === false)).toBe(true)

    await rollout.edit({ spec: { postCompleteDelay: null } })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs()).toHaveLength(2)
  })

  it('concurrency 0 starts nothing more; what runs is finished', async () => {
    const { rollout, held, node } = await inTheMiddle('paused', { nodes: 2 })
    await rollout.edit({ spec: { concurrency: 0 } })
    held.release()
    await rollout.untilNode('done', () => rollout.done(node) === rollout.hash(), node)
    await rollout.untilNothingLeft()
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(1)
  })

  it('a Job that somebody deletes is made again', async () => {
    const { rollout, held } = await inTheMiddle('job-deleted')
    await stage.plane.kubectl(['-n', namespace, 'delete', 'job', rollout.jobs()[0]?.name ?? ''])
    await rollout.untilRuns(2)
    held.release()
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
  })
})

describe.concurrent('what somebody else has done to a node', () => {
  const taint = { key: 'example.org/broken-disk', value: 'sda', effect: 'NoSchedule' }
  const tolerations = [{ key: taint.key, operator: 'Exists' }]

  it('a cordon of before stays, and so does a taint', async () => {
    const rollout = await startRollout(stage, {
      name: 'cordoned-before',
      node: { unschedulable: true, taints: [taint] },
      spec: { ...cordons, tolerations },
    })
    await rollout.untilComplete()
    await rollout.untilNode('without a journal', ({ journal }) => journal === '')
    const states = stage.observer.nodes.history('cordoned-before-0').map(({ facts }) => facts)
    expect(states.every((node) => node?.unschedulable === true)).toBe(true)
    expect(states.every((node) => node?.taints.includes('example.org/broken-disk=sda:NoSchedule'))).toBe(true)
  })

  it('a taint that comes in the middle stays, while the own cordon is taken back', async () => {
    const { rollout, held } = await inTheMiddle('tainted-meanwhile', { spec: { tolerations } })
    await stage.plane.kubectl(['taint', 'node', 'tainted-meanwhile-0', 'example.org/broken-disk=sda:NoSchedule'])
    held.release()
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    await rollout.untilNode('tainted by somebody else alone', ({ taints }) => taints.join() === 'example.org/broken-disk=sda:NoSchedule')
  })

  it('a cordon that comes in the middle stays when the Plan itself cordons nothing', async () => {
    const name = 'cordoned-meanwhile'
    const held = stage.script.hold(name)
    const rollout = await startRollout(stage, { name, spec: { version: after } })
    await rollout.untilRuns(1)
    await stage.plane.kubectl(['cordon', `${name}-0`])
    held.release()
    await rollout.untilComplete()
    expect(rollout.node()?.unschedulable).toBe(true)
    expect(stage.observer.nodes.history(`${name}-0`).every(({ facts }) => facts?.journal === '')).toBe(true)
  })

  it('a node that two Plans are at work on is cordoned until the second has ended', async () => {
    const first = await inTheMiddle('two-plans-a')
    const held = stage.script.hold('two-plans-b')
    const second = await startRollout(stage, {
      name: 'two-plans-b',
      nodes: 0,
      spec: { version: '2', cordon: true, upgrade: { image: 'debian' }, nodeSelector: { matchLabels: { rollout: 'two-plans-a' } } },
    })
    await second.untilRuns(1)
    first.held.release()
    await first.rollout.untilComplete()
    await first.rollout.untilNode('one journal entry less', ({ journal }) => !journal.includes('/two-plans-a"'))
    expect(first.rollout.node()?.unschedulable).toBe(true)
    held.release()
    await second.untilComplete()
    await first.rollout.untilNothingLeft()
  })
})

// these end the controller, so nothing else may be under way
describe('while the controller is away', () => {
  it('a Plan that is deleted leaves a cordon that it takes back when it comes', async () => {
    const { rollout } = await inTheMiddle('deleted-while-away')
    await stage.restart(async () => {
      await rollout.delete()
      expect(rollout.node()?.unschedulable).toBe(true)
    })
    await rollout.untilNothingLeft()
    await stage.observer.until('its Job is gone', () => rollout.jobs().length === 0)
  })

  it('an upgrade that ends is finished when it comes, once', async () => {
    const { rollout, held } = await inTheMiddle('ended-while-away')
    await stage.restart(async () => {
      held.release()
      await stage.observer.until('the Job has ended', () => rollout.jobs()[0]?.end === 'Complete')
    })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.runs()).toHaveLength(1)
  })

  it('a cordon of an administrator on a node that is done stays', async () => {
    const rollout = await startRollout(stage, { name: 'cordoned-after', spec: cordons })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    await stage.plane.kubectl(['cordon', 'cordoned-after-0'])
    await rollout.untilNode('cordoned', ({ unschedulable }) => unschedulable)
    await stage.restart()
    const witness = await startRollout(stage, { name: 'witness', spec: cordons })
    await witness.untilComplete()
    expect(rollout.node()?.unschedulable).toBe(true)
  })
})
