import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { ClusterUpgradeStatus } from './api/upgrade-status.ts'
import { isEnded } from './run/run-phase.ts'
import { parseRunEntry } from './run-journal.ts'
import { anAttachment, aPod, from, type JobWay, RunWorld, server, several, to, worker } from './run-world.test-support.ts'
import type { UpgradeAction, UpgradeDecision } from './upgrade-decision.ts'

/** What happens between two decisions. */
type Happening =
  | { readonly kind: 'Wait'; readonly seconds: number }
  | { readonly kind: 'Wish'; readonly spec: Readonly<Record<string, unknown>> }
  | { readonly kind: 'Continue' | 'Again' | 'Plan' | 'PlanEnds' | 'Unready' | 'Ready' | 'Leave' | 'Displace' | 'Place' | 'Replace' }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('Wait' as const), seconds: fc.constantFrom(5, 5, 5, 60, 700, 4_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('Wish' as const),
      spec: fc.constantFrom(
        { action: 'Pause' },
        { action: 'Run' },
        { action: 'Run' },
        { action: 'Cancel' },
        { version: 'v1.30.1+k3s1' },
        { version: to },
        { version: 'v1.32.11+k3s1' },
        { version: 'later' },
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'Continue',
        'Continue',
        'Again',
        'Again',
        'Plan',
        'PlanEnds',
        'Unready',
        'Ready',
        'Ready',
        'Leave',
        'Displace',
        'Place',
        'Place',
        'Replace',
      ),
    }),
  },
)

const walk = fc.record({
  servers: fc.constantFrom(1, 1, 3),
  workers: fc.integer({ min: 0, max: 3 }),
  way: fc.constantFrom('Works', 'Works', 'WorkersFail', 'FailsOnce', 'Fails', 'NeverEnds', 'NothingChanges', 'NoImage'),
  isStuck: fc.nat({ max: 4 }).map((n) => n === 0),
  volumes: fc.constantFrom('None', 'None', 'Slow', 'Hung'),
  spec: fc.record({
    stopAfter: fc.constantFrom(undefined, undefined, 'Node' as const, 'Hop' as const, 'ControlPlane' as const),
    version: fc.constantFrom(to, to, to, 'v1.32.11+k3s1', from),
    drain: fc.record({ whenBlocked: fc.constantFrom('Pause', 'Quarantine', 'Force'), timeout: fc.constant('2m') }),
    failure: fc.record({ retries: fc.nat({ max: 1 }), budget: fc.nat({ max: 1 }), pauseExpiry: fc.constant('1h') }),
    workers: fc.constantFrom('Lazy', 'EveryHop'),
  }),
  happenings: fc.array(happening, { minLength: 10, maxLength: 50 }),
})
type Walk = typeof walk extends fc.Arbitrary<infer T> ? T : never

function waits(count: number): readonly Happening[] {
  return several(count, () => ({ kind: 'Wait', seconds: 60 }))
}

/** A run of two hops, and what happens to it. */
function twoHops(workers: number, happenings: readonly Happening[]): Walk {
  const failure = { retries: 0, budget: 1, pauseExpiry: '1h' } as const
  const drain = { whenBlocked: 'Pause', timeout: '2m' } as const
  const spec = { stopAfter: undefined, version: 'v1.32.11+k3s1', drain, failure, workers: 'EveryHop' } as const
  return { servers: 1, workers, way: 'Works', isStuck: false, volumes: 'None', spec, happenings: [...happenings] }
}

/** A run whose workers fail, of which one may, and what comes after that. */
function afterFailures(workers: number, ...happenings: readonly Happening[]): Walk {
  const { spec, ...walked } = twoHops(workers, [...waits(20), ...happenings, ...waits(10)])
  return { ...walked, way: 'WorkersFail', spec: { ...spec, version: to } }
}

function wish(spec: Readonly<Record<string, unknown>>): Happening {
  return { kind: 'Wish', spec }
}

/** What chance seldom comes upon. */
const rare: readonly Walk[] = [
  twoHops(1, waits(40)),
  { ...twoHops(1, waits(40)), volumes: 'Slow' },
  twoHops(0, [wish({ action: 'Cancel' })]),
  twoHops(1, [...waits(3), wish({ action: 'Cancel' }), wish({ action: 'Run' })]),
  twoHops(1, [...waits(3), wish({ action: 'Cancel' }), wish({ action: 'Pause' })]),
  { ...twoHops(0, [{ kind: 'Unready' }, ...waits(2), wish({ action: 'Cancel' })]), servers: 3 },
  ...several(10, (passed) => twoHops(1, [...waits(8 + passed), wish({ action: 'Pause' }), ...waits(8)])),
  afterFailures(1, { kind: 'Again' }),
  afterFailures(1, wish({ action: 'Cancel' })),
  afterFailures(1, wish({ version: 'later' })),
  afterFailures(2, { kind: 'Leave' }),
]

/** Every change of a state that random walks have seen, and those that show what is rare, as `A --> B`; `[*]` is before the first and after the last one. */
interface SeenTransitions {
  readonly ofRun: ReadonlySet<string>
  readonly ofNode: ReadonlySet<string>
}

function walkRandomly(seed: number, walks: number): SeenTransitions {
  const seen = { ofRun: new Set<string>(), ofNode: new Set<string>() }
  for (const one of [...rare, ...fc.sample(walk, { seed, numRuns: walks })]) take(one, seen)
  return seen
}

function take(
  { servers, workers, way, isStuck, volumes, spec, happenings }: Walk,
  seen: { ofRun: Set<string>; ofNode: Set<string> },
): void {
  const world = new RunWorld([...several(servers, server), ...several(workers, worker)])
  const { stopAfter, ...always } = spec
  world.edit({ ...always, ...(stopAfter === undefined ? {} : { stopAfter }) })
  world.jobWay = wayOf(way)
  if (isStuck) world.stuck.add('worker-0')
  if (volumes !== 'None') for (const { name } of world.facts.nodes) world.attached.set(name, [anAttachment(name)])
  if (volumes === 'Hung') world.detachMs = Number.POSITIVE_INFINITY
  world.onDecision = (decision) => note(world, decision, seen)
  for (const one of happenings) {
    happen(world, one)
    rest(world)
    world.pass()
  }
}

/** Decides until nothing follows, as the controller does; a pod that stays where it is would be evicted for ever. */
function rest(world: RunWorld): void {
  for (let turns = 0; turns < 8 && !isEnded(world.facts.upgrade); turns++) if (world.turn().quiet) return
}

/** How the Jobs end that change a node. */
const ways: Readonly<Record<Walk['way'], JobWay>> = {
  Works: (_, { version }) => ({ end: 'Complete', version }),
  Fails: () => ({ end: 'Failed' }),
  FailsOnce: (_, { attempt, version }) => (attempt === 1 ? { end: 'Failed' } : { end: 'Complete', version }),
  WorkersFail: ({ annotations }, { version }) =>
    /worker/.test(annotations['falkirk.dev/node'] ?? '') ? { end: 'Failed' } : { end: 'Complete', version },
  NeverEnds: (_, { attempt, version }) => (attempt === 1 ? {} : { end: 'Complete', version }),
  NothingChanges: () => ({ end: 'Complete' }),
  NoImage: () => ({}),
}

function wayOf(way: Walk['way']): JobWay {
  const others = way === 'NoImage' ? {} : ({ end: 'Complete' } as const)
  return (job, entry) => (job.labels['falkirk.dev/step'] === 'Change' ? ways[way](job, entry) : others)
}

function happen(world: RunWorld, one: Happening): void {
  switch (one.kind) {
    case 'Wait':
      world.nowMs += one.seconds * 1_000
      return
    case 'Wish':
      world.edit(one.spec)
      return
    case 'Continue':
      world.edit({ action: 'Run', continueFrom: world.status.stop?.number ?? 0 })
      return
    case 'Again':
      world.edit({ continueFrom: (world.status.stop?.number ?? 0) + 1 })
      return
    case 'Plan':
    case 'PlanEnds':
      world.facts = { ...world.facts, plansAtWork: one.kind === 'Plan' ? ['system-upgrade/agents'] : [] }
      return
    case 'Displace':
    case 'Place':
      world.facts = { ...world.facts, unreadyPods: one.kind === 'Displace' ? [displaced(world)] : [] }
      return
    default:
      befall(world, one.kind)
  }
}

function displaced({ nowMs }: RunWorld): PodFacts {
  return aPod('displaced', 'worker-0', { ready: false, createdAtMs: nowMs })
}

/** The last worker, or the last server where there is none. */
function befall(world: RunWorld, kind: 'Unready' | 'Ready' | 'Leave' | 'Replace'): void {
  const name = world.facts.nodes.findLast((node) => node.name.startsWith('worker'))?.name ?? world.facts.nodes.at(-1)?.name ?? ''
  if (kind === 'Leave') {
    if (name.startsWith('worker')) world.removeNode(name)
    return
  }
  if (kind === 'Replace') world.setNode(name, { kubeletVersion: world.entry(name)?.version ?? to })
  else world.setNode(name, { ready: kind === 'Ready' })
}

function note(world: RunWorld, { status, actions }: UpgradeDecision, seen: { ofRun: Set<string>; ofNode: Set<string> }): void {
  add(seen.ofRun, phaseOf(world.status), phaseOf(status))
  for (const action of actions.flat()) noteNode(world, action, seen.ofNode)
}

function phaseOf({ phase }: ClusterUpgradeStatus): string {
  return phase ?? '[*]'
}

function noteNode(world: RunWorld, action: UpgradeAction, seen: Set<string>): void {
  if (action.kind !== 'PatchNode' || action.patch.entry === undefined) return
  const read = parseRunEntry(world.node(action.node).run)
  add(seen, read.kind === 'Entry' ? read.entry.step : '[*]', action.patch.entry?.step ?? '[*]')
}

function add(seen: Set<string>, before: string, after: string): void {
  if (before !== after) seen.add(`${before} --> ${after}`)
}

/** An arrow as it is drawn, and the changes of a state that it stands for. */
interface Arrow {
  readonly text: string
  readonly transitions: readonly string[]
}

const document = readFileSync(new URL('../../../docs/states.md', import.meta.url), 'utf8')
const [run = [], node = []] = [...document.matchAll(/```mermaid\n(.*?)```/gs)].map(([, source = '']) => arrowsOf(source))

/** Reads a state diagram as far as these use it: boxes, arrows, and states that are only named. */
function arrowsOf(source: string): readonly Arrow[] {
  const states = statesByBox(source)
  const statesOf = (name: string) => [...(states.get(name) ?? [name])]
  return [...source.matchAll(/(\S+) --> ([^\s:]+)/g)].map(([text, before = '', after = '']) => {
    const pairs = statesOf(before).flatMap((one) => statesOf(after).map((other) => [one, other] as const))
    return { text, transitions: pairs.filter(([one, other]) => one !== other).map((pair) => pair.join(' --> ')) }
  })
}

/** The states of each box, those of boxes in it as well. */
function statesByBox(source: string): ReadonlyMap<string, ReadonlySet<string>> {
  const boxes = new Map<string, Set<string>>()
  const open: string[] = []
  for (const line of source.split('\n').map((text) => text.replace(/:.*/, '').trim())) {
    const [, opened] = /^state (\w+) \{$/.exec(line) ?? []
    if (line === '}') open.pop()
    for (const name of opened === undefined ? namesIn(line, boxes) : []) for (const box of open) boxes.get(box)?.add(name)
    if (opened !== undefined) {
      boxes.set(opened, new Set())
      open.push(opened)
    }
  }
  return boxes
}

/** The states that a line names, without the boxes. */
function namesIn(line: string, boxes: ReadonlyMap<string, unknown>): readonly string[] {
  return line.split(' --> ').filter((name) => name !== '' && name !== '}' && !boxes.has(name))
}

let seen: SeenTransitions

beforeAll(() => {
  const walks = Number(process.env.FALKIRK_WALKS ?? 60)
  seen = walkRandomly(Number(process.env.FALKIRK_SEED ?? 1), walks)
}, 120_000)

/** An end that is for good needs nobody to leave it. */
const isForGood = ({ text }: Arrow) => text === 'Cancelled --> [*]'

describe.each([
  { what: 'a run', arrows: run, transitions: () => seen.ofRun },
  { what: 'a node', arrows: node, transitions: () => seen.ofNode },
])('the diagram of $what', ({ arrows, transitions }) => {
  it('has every change that random walks have seen', () => {
    const drawn = new Set(arrows.flatMap((arrow) => arrow.transitions))
    expect([...transitions()].filter((transition) => !drawn.has(transition)).sort()).toEqual([])
  })

  it('has no arrow that they have not seen', () => {
    const unseen = arrows.filter((arrow) => !isForGood(arrow) && !arrow.transitions.some((transition) => transitions().has(transition)))
    expect(unseen.map(({ text }) => text)).toEqual([])
    expect(arrows.length).toBeGreaterThan(10)
  })
})
