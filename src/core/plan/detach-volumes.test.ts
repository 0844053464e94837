import { describe, expect, it } from 'vitest'
import type { AttachmentFacts, VolumeClaim } from '../drain/volume-attachment.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { aNode, aPlan, type PlanParts, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import type { DrainFacts } from './plan-facts.ts'

const disk: AttachmentFacts = { name: 'csi-1', resourceVersion: '1', nodeName: 'n1', driver: 'disk.example.org', volume: 'pv-1' }
const nothing: DrainFacts = { pods: [], budgets: [], daemonSetExists: () => true, progress: { startedAtMs: 0, answers: new Map() } }

/** Two nodes; `n1` has no pod and a volume, and is the one that the Plan selects. */
function world({ annotations = {}, ...parts }: PlanParts = {}): PlanWorld {
  const nodes = [aNode('n1', { labels: { pool: 'blue' } }), aNode('n2')]
  const spec = { drain: { timeout: '5m' }, nodeSelector: { matchLabels: { pool: 'blue' } }, ...parts.spec }
  const plan = aPlan({ ...parts, spec, annotations: { 'falkirk.dev/drain': 'controller', ...annotations } })
  const made = new PlanWorld(someFacts(plan, nodes, { drains: new Map([['n1', nothing]]) }))
  attach(made, [disk])
  return made
}

function attach(at: PlanWorld, attached: readonly AttachmentFacts[], claims: readonly (readonly [string, VolumeClaim])[] = []): void {
  const attachments = { get: (node: string) => attached.filter(({ nodeName }) => nodeName === node) }
  at.facts = { ...at.facts, volumes: { attachments, claims: new Map(claims) } }
}

const entryOf = (at: PlanWorld) => JSON.parse(at.node('n1').journal ?? '[{}]')[0]

describe('falkirk.dev/drain: controller, on a drained node with a volume', () => {
  it('makes the Job when that is detached, and says meanwhile what it waits for', () => {
    const at = world()
    const decision = at.settle()
    expect(at.node('n1').unschedulable).toBe(true)
    expect(at.facts.jobs).toEqual([])
    expect(at.condition()).toMatchObject({
      status: 'False',
      reason: 'Draining',
      message: expect.stringMatching(/^n1 is drained, and volume pv-1 \(driver disk\.example\.org\) is still attached: nobody has begun/),
    })
    expect(decision).toMatchObject({ drainNodes: ['n1'], lookUp: ['pv-1'], wakeAtMs: at.nowMs + 300_000 })
    expect(JSON.parse(decision.drainStatus ?? '')).toEqual({
      n1: { left: 0, waiting: [], volumes: expect.stringContaining('volume pv-1 (driver disk.example.org) is still attached') },
    })
    attach(at, [])
    const next = at.settle()
    expect(at.jobOn('n1')).toBeDefined()
    expect(next).toMatchObject({ drainNodes: [], lookUp: [], drainStatus: null })
  })

  it('is told in the same words for as long as nothing changes', () => {
    const at = world()
    at.settle()
    const { message } = at.condition() ?? {}
    at.nowMs += 120_000
    expect(at.decide().actions).toEqual([])
    at.settle()
    expect(at.condition()?.message).toBe(message)
  })

  it('does not wait for volumes of pods that stay', () => {
    const at = world()
    const agent = { name: 'agent', namespace: 'default', uid: 'a', mirror: true, claims: ['data'], labels: {}, finalizers: [] }
    const pods = [{ ...agent, nodeName: 'n1', phase: 'Running', containers: [] } as unknown as PodFacts]
    at.facts = { ...at.facts, drains: new Map([['n1', { ...nothing, pods }]]) }
    attach(at, [disk], [['pv-1', { kind: 'Claim', claim: 'default/data' }]])
    at.settle()
    expect(at.jobOn('n1')).toBeDefined()
  })

  it('waits for nothing where it is the whole cluster: who would detach it is drained with it', () => {
    const at = world()
    at.facts = { ...at.facts, nodes: at.facts.nodes.filter(({ name }) => name === 'n1') }
    at.settle()
    expect(at.jobOn('n1')).toBeDefined()
  })

  it('fails when spec.drain.timeout has passed once more, counted from the journal, and gives the node back', () => {
    const at = world()
    at.nowMs += 250_000
    at.settle()
    at.nowMs += 299_000
    at.settle()
    expect(at.condition()).toMatchObject({ reason: 'Draining' })
    at.nowMs += 1_000
    at.settle()
    expect(at.condition()).toMatchObject({
      reason: 'DrainFailed',
      message: expect.stringMatching(/^n1 was drained, and 5m0s later volume pv-1 .* let it go, or raise spec\.drain\.timeout$/),
    })
    expect(at.node('n1').unschedulable).toBe(false)
    expect(at.facts.jobs).toEqual([])
  })

  it('waits for as long as it takes without spec.drain.timeout', () => {
    const at = world({ spec: { drain: {} } })
    at.settle()
    at.nowMs += 86_400_000
    expect(at.settle().wakeAtMs).toBeUndefined()
    expect(at.condition()).toMatchObject({ reason: 'Draining' })
  })

  it('falkirk.dev/retry: another try is another drain, with its own time', () => {
    const at = world({ annotations: { 'falkirk.dev/retry': 'count=1,backoff=30s' } })
    at.settle()
    at.nowMs += 300_000
    at.settle()
    expect(at.condition()).toMatchObject({ reason: 'Retrying' })
    at.nowMs += 30_000
    at.settle()
    expect(entryOf(at)).toMatchObject({ step: 'Drain', attempt: 2, drainedAt: new Date(at.nowMs).toISOString().replace('.000', '') })
    attach(at, [])
    at.settle()
    expect(at.jobOn('n1')?.annotations['falkirk.dev/attempt']).toBe('2')
  })

  it('is drained anew where somebody makes it schedulable meanwhile: what has come since has to leave as well', () => {
    const at = world()
    at.settle()
    at.nowMs += 120_000
    at.setNode('n1', { unschedulable: false })
    const [again] = at.decide().actions.flat()
    expect(again).toMatchObject({ kind: 'PatchNode', patch: { unschedulable: true } })
    if (again !== undefined) at.carryOut(again)
    expect(entryOf(at)).not.toHaveProperty('drainedAt')
    expect(Date.parse(entryOf(at).since)).toBe(at.nowMs)
    attach(at, [])
    at.settle()
    at.begin('n1')
    at.succeed('n1', 'v1.20.3+k3s1')
    at.settle()
    expect(at.node('n1')).toMatchObject({ unschedulable: false })
    expect(at.node('n1').journal).toBeUndefined()
  })
})

describe('where VolumeAttachments', () => {
  it('are being read or may not be watched, no node is cordoned, and the condition says so', () => {
    const at = world()
    const { volumes, ...facts } = at.facts
    at.facts = facts
    at.settle()
    expect(at.condition()?.message).toBe('n1 is not cordoned yet: VolumeAttachments are being read')
    at.facts = { ...at.facts, volumesProblem: 'user "sut" may not list volumeattachments' }
    at.settle()
    expect(at.condition()).toMatchObject({
      reason: 'Draining',
      message: 'n1 is not cordoned yet: user "sut" may not list volumeattachments',
    })
    expect(at.done).toEqual([])
    at.facts = { ...at.facts, ...(volumes === undefined ? {} : { volumes }) }
    attach(at, [])
    at.settle()
    expect(at.jobOn('n1')).toBeDefined()
  })

  it('cannot be seen any more in the middle of a drain, its node waits for its time', () => {
    const at = world()
    at.settle()
    const { volumes: _, ...facts } = at.facts
    at.facts = { ...facts, volumesProblem: 'cannot watch volumeattachments' }
    at.settle()
    expect(at.condition()?.message).toBe('n1 is drained, and whether its volumes are detached is not known: cannot watch volumeattachments')
    expect(at.facts.jobs).toEqual([])
  })
})

it('a Plan whose Job drains waits for no volume, and asks for none', () => {
  const at = world({ annotations: { 'falkirk.dev/drain': 'job' } })
  const { volumes: _, ...facts } = at.facts
  at.facts = facts
  expect(at.settle()).toMatchObject({ drainNodes: [], lookUp: [] })
  expect(at.jobOn('n1')).toBeDefined()
})
