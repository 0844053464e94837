import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { isControlPlane } from '../plan/node-selection.ts'
import { parseRunEntry } from './run-journal.ts'
import { anAttachment, aPod, from, RunWorld, server, several, to, worker } from './run-world.test-support.ts'
import type { UpgradeAction } from './upgrade-decision.ts'

/** What people and nodes do between two decisions. */
type Turn =
  | { readonly kind: 'Wish'; readonly action: 'Run' | 'Pause' }
  | { readonly kind: 'Attach'; readonly worker: number }
  | { readonly kind: 'Cordon' | 'Uncordon' | 'Unready' | 'Ready' | 'Leave'; readonly worker: number }
  | { readonly kind: 'Continue' | 'Wait' }

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'Wait' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Wish' as const), action: fc.constantFrom('Run' as const, 'Pause' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('Cordon' as const, 'Uncordon' as const, 'Unready' as const, 'Ready' as const, 'Leave' as const),
      worker: fc.nat({ max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'Continue' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Attach' as const), worker: fc.nat({ max: 4 }) }) },
)

const story = fc.record({
  servers: fc.constantFrom(1, 3),
  workers: fc.nat({ max: 5 }),
  max: fc.integer({ min: 1, max: 4 }),
  budget: fc.nat({ max: 1 }),
  failing: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
  detachSeconds: fc.constantFrom(0, 20, 100, 1_000_000),
  whenBlocked: fc.constantFrom('Pause' as const, 'Quarantine' as const),
  turns: fc.array(turn, { minLength: 20, maxLength: 60 }),
})
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

/** A worker that somebody uncordons in the middle of its drain, while another one is away. */
const uncordonedInItsDrain: Story = {
  servers: 1,
  workers: 5,
  max: 1,
  budget: 0,
  failing: undefined,
  detachSeconds: 0,
  whenBlocked: 'Pause',
  turns: [
    { kind: 'Unready', worker: 0 },
    { kind: 'Wish', action: 'Run' },
    { kind: 'Wait' },
    { kind: 'Cordon', worker: 0 },
    { kind: 'Wait' },
    { kind: 'Cordon', worker: 0 },
    { kind: 'Cordon', worker: 0 },
    { kind: 'Wait' },
    { kind: 'Cordon', worker: 4 },
    { kind: 'Wait' },
    { kind: 'Wait' },
    { kind: 'Uncordon', worker: 4 },
    { kind: 'Continue' },
    { kind: 'Wait' },
    { kind: 'Cordon', worker: 0 },
    { kind: 'Wish', action: 'Run' },
    { kind: 'Wait' },
    { kind: 'Wait' },
    { kind: 'Wait' },
    { kind: 'Cordon', worker: 0 },
    { kind: 'Wait' },
    { kind: 'Cordon', worker: 0 },
    { kind: 'Wish', action: 'Run' },
    { kind: 'Wait' },
    { kind: 'Wait' },
    { kind: 'Wait' },
    { kind: 'Wait' },
    { kind: 'Continue' },
  ],
}

/** A worker with the volume of a pod that stays, and one of a pod that goes. */
const twoVolumes: Story = {
  ...uncordonedInItsDrain,
  workers: 2,
  detachSeconds: 20,
  turns: [{ kind: 'Attach', worker: 1 }, ...several(60, () => ({ kind: 'Wait' }) as const)],
}

function worldOf({ servers, workers, max, budget, failing, detachSeconds, whenBlocked }: Story): RunWorld {
  const world = new RunWorld([...several(servers, server), ...several(workers, worker)])
  world.edit({
    failure: { retries: 0, budget },
    drain: { timeout: '2m', whenBlocked },
    ...(workers === 0 ? {} : { pools: [{ name: 'all', nodeSelector: {}, batches: { first: max, max } }] }),
  })
  world.detachMs = detachSeconds * 1_000
  // every other worker has a pod with a volume that stays
  for (const name of ['worker-1', 'worker-3']) {
    world.staying.set(name, [aPod('agent', name, { mirror: true, claims: ['agent'] })])
    world.claims.set(`disk-of-agent-of-${name}`, { kind: 'Claim', claim: 'default/agent' })
  }
  world.jobWay = (job, entry) => {
    if (job.labels['falkirk.dev/step'] !== 'Change') return { end: 'Complete' }
    const fails = job.annotations['falkirk.dev/node'] === `worker-${failing}` && entry.attempt === 1
    return fails ? { end: 'Failed' } : { end: 'Complete', version: entry.version }
  }
  return world
}

function carryOut(world: RunWorld, one: Turn): void {
  const has = (name: string) => world.facts.nodes.some((node) => node.name === name)
  switch (one.kind) {
    case 'Wish':
      world.edit({ action: one.action })
      return
    case 'Continue':
      world.edit({ action: 'Run', continueFrom: world.status.stop?.number ?? 0 })
      return
    case 'Wait':
      return
    default: {
      const name = `worker-${one.worker}`
      if (!has(name)) return
      if (one.kind === 'Attach') {
        // what comes to a node while it is changed has nothing to do with its drain
        if (stepOf(world.node(name)) === 'Changing') return
        const own = anAttachment(name, { name: `csi-agent-of-${name}`, volume: `disk-of-agent-of-${name}` })
        world.attached.set(name, [anAttachment(name), own])
        return
      }
      if (one.kind === 'Leave') world.removeNode(name)
      else if (one.kind === 'Ready' || one.kind === 'Unready') world.setNode(name, { ready: one.kind === 'Ready' })
      else world.setNode(name, { unschedulable: one.kind === 'Cordon' })
    }
  }
}

/** Tells a story, and shows each decision before it is carried out. */
function tell(story: Story, see: (world: RunWorld) => void): RunWorld {
  const world = worldOf(story)
  for (const one of story.turns) {
    carryOut(world, one)
    see(world)
    world.until(() => true)
    world.pass()
  }
  return world
}

function stepOf(node: NodeFacts): string | undefined {
  const read = parseRunEntry(node.run)
  return read.kind === 'Entry' ? read.entry.step : undefined
}

const atWork = new Set<string | undefined>(['Staging', 'Draining', 'Detaching', 'Changing', 'Verifying', 'Soaking'])

/** Nodes whose change begins with these actions. */
function changing(actions: readonly UpgradeAction[]): readonly string[] {
  return actions.flatMap((action) => {
    if (action.kind === 'PatchNode' && action.patch.entry?.step === 'Changing') return [action.node]
    return action.kind === 'CreateJob' && action.job.metadata?.labels?.['falkirk.dev/step'] === 'Change' ? [action.node] : []
  })
}

function isOfStayingPod({ staying }: RunWorld, node: string, volume: string): boolean {
  return staying.has(node) && volume === `disk-of-agent-of-${node}`
}

/** Nodes are mended, and the run is continued until it ends; somebody's cordons count, so they are taken back. */
function mend(world: RunWorld): void {
  for (const { name, run } of world.facts.nodes)
    world.setNode(name, { ready: true, ...(run === undefined ? { unschedulable: false } : {}) })
  world.detachMs = 0
  // a pool that is empty by now would be refused
  world.edit({ pools: [] })
  for (let tries = 0; tries < 6; tries++) {
    world.edit({ action: 'Run', continueFrom: world.status.stop?.number ?? 0 })
    world.until(({ status }) => ['Complete', 'CompletedWithFindings', 'Stopped'].includes(status.phase ?? ''))
    if (world.status.phase !== 'Stopped') return
  }
}

function workersAway({ facts }: RunWorld): readonly string[] {
  return facts.nodes.filter((node) => !isControlPlane(node) && (!node.ready || node.unschedulable)).map(({ name }) => name)
}

function newlyCordoned(actions: readonly UpgradeAction[]): readonly string[] {
  return actions.flatMap((action) => {
    const cordons = action.kind === 'PatchNode' && action.patch.unschedulable === true && action.patch.entry?.step === 'Draining'
    return cordons && action.node.startsWith('worker') ? [action.node] : []
  })
}

describe('for any cluster and whatever happens to it', () => {
  it('the same facts at the same time give the same bytes', () => {
    fc.assert(
      fc.property(story, (told) => {
        tell(told, (world) => {
          const shuffled = { ...world.facts, nodes: world.facts.nodes.toReversed() }
          const once = JSON.stringify(world.decide())
          world.facts = shuffled
          expect(JSON.stringify(world.decide())).toBe(once)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('a decision that has been carried out leads to one without actions', () => {
    fc.assert(
      fc.property(story, (told) => {
        const world = tell(told, () => {})
        world.settle()
        expect(world.decide().actions).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('I2: one control-plane node at work at the most, and no worker beside it', () => {
    fc.assert(
      fc.property(story, (told) => {
        tell(told, ({ facts }) => {
          const busy = facts.nodes.filter((node) => atWork.has(stepOf(node)))
          const servers = busy.filter(isControlPlane)
          expect(servers.length).toBeLessThanOrEqual(1)
          if (servers.length === 1) expect(busy).toHaveLength(1)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('I3: no node is cordoned when more than maxUnavailable would be away', () => {
    fc.assert(
      fc.property(story, (told) => {
        const check = (world: RunWorld) => {
          world.onDecision = ({ actions }) => {
            const away = new Set(workersAway(world))
            const before = away.size
            for (const name of newlyCordoned(actions.flat())) away.add(name)
            if (away.size > before) expect(away.size).toBeLessThanOrEqual(told.max)
          }
        }
        tell(told, check)
      }),
      { numRuns: 40, examples: [[uncordonedInItsDrain]] },
    )
  })

  it('no change begins while a volume of a pod that has left is attached', () => {
    let changed = 0
    fc.assert(
      fc.property(story, (told) => {
        tell(told, (world) => {
          world.onDecision = ({ actions }) => {
            for (const node of changing(actions.flat())) {
              changed += world.attached.has(node) ? 1 : 0
              expect(
                (world.attached.get(node) ?? []).map(({ volume }) => volume).filter((volume) => !isOfStayingPod(world, node, volume)),
              ).toEqual([])
            }
          }
        })
      }),
      { numRuns: 60, examples: [[twoVolumes]] },
    )
    expect(changed).toBeGreaterThan(0)
  })

  it('I9: a pause starts no node', () => {
    fc.assert(
      fc.property(story, (told) => {
        tell(told, (world) => {
          if (world.facts.upgrade.spec.action !== 'Pause') return
          const starts = world
            .decide()
            .actions.flat()
            .filter((action) => action.kind === 'PatchNode' && action.patch.entry?.attempt === 1 && action.patch.entry.step === 'Staging')
          expect(starts).toEqual([])
        })
      }),
      { numRuns: 40 },
    )
  })

  it('I1, I6: it comes to its end when nodes are mended and it is continued, and changes no node twice', () => {
    fc.assert(
      fc.property(story, (told) => {
        const world = tell(told, () => {})
        mend(world)
        expect(world.status.phase).toMatch(/^Complete/)
        const ended = world.facts.jobs.filter(({ end, labels }) => end?.kind === 'Complete' && labels['falkirk.dev/step'] === 'Change')
        const nodes = ended.map(({ annotations }) => annotations['falkirk.dev/node'])
        expect(nodes).toHaveLength(new Set(nodes).size)
        for (const { kubeletVersion } of world.facts.nodes) expect([from, to]).toContain(kubeletVersion)
      }),
      { numRuns: 30 },
    )
  })
})
