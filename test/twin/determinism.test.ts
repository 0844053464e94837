import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ObjectStore } from '../../src/twin/store/object-store.ts'
import { hashEvents } from './event-log.ts'
import { drainStory, type PlanStory } from './plan-story.ts'
import { runStory, type StoryEnd } from './run-story.ts'

/** A story with all that is by chance in it: several Plans, drains, workloads, an election and a controller that dies. */
const story: PlanStory = {
  seed: 1,
  minor: 31,
  servers: [{ version: 'Usual', pool: 'blue', foreign: 'Nothing' }],
  agents: [
    { version: 'Usual', pool: 'blue', foreign: 'Nothing' },
    { version: 'Older', pool: 'green', foreign: 'Cordon' },
    { version: 'Usual', pool: 'green', foreign: 'Nothing' },
  ],
  workloads: [
    { kind: 'Deployment', replicas: 3, minAvailable: 2, readySeconds: 5 },
    { kind: 'StatefulSet', replicas: 2, minAvailable: -1, readySeconds: 2 },
  ],
  plans: [
    { ...calm('Servers'), drain: 'None' },
    { ...calm('Agents'), afterSeconds: 60 },
  ],
  deaths: [{ kind: 'AtWrite', write: 20, when: 'After', awaySeconds: 30 }],
  leaderElect: true,
}

function calm(nodes: 'Servers' | 'Agents'): PlanStory['plans'][number] {
  return {
    nodes,
    image: 'Upgrades',
    target: 'Patch',
    concurrency: 2,
    cordon: true,
    drain: 'Controller',
    exclusive: false,
    retries: 1,
    postCompleteSeconds: 0,
    healthGate: 'all',
    afterSeconds: 0,
  }
}

async function logged(told: PlanStory): Promise<{ readonly hash: string; readonly count: number; readonly end: StoryEnd }> {
  let nowMs = () => 0
  const store = new ObjectStore()
  const events = hashEvents(store, () => nowMs())
  const end = await runStory(told, store, (clock) => {
    nowMs = () => clock.now()
  })
  return { hash: events.digest(), count: events.count, end }
}

describe('the same story', () => {
  it('goes the same way with the same seed, byte for byte', async () => {
    const [one, other] = [await logged(story), await logged(story)]
    expect(one.count).toBeGreaterThan(300)
    expect(other).toEqual(one)
  })

  it('goes the same way whatever else the process does meanwhile', async () => {
    const [one, ...others] = await Promise.all([logged(story), logged({ ...story, seed: 2 }), logged(story)])
    expect(others[1]?.hash).toBe(one?.hash)
  })

  it('goes another way with another seed, to the same end', async () => {
    const ends = await Promise.all([1, 2, 3, 4].map((seed) => logged({ ...story, seed })))
    expect(new Set(ends.map(({ hash }) => hash)).size).toBe(4)
    expect(new Set(ends.map(({ end }) => JSON.stringify([...end.versions, end.plans.map(({ complete }) => complete)]))).size).toBe(1)
  })
})

it('any story goes the same way twice', async () => {
  await fc.assert(
    fc.asyncProperty(drainStory, async (any) => {
      expect((await logged(any)).hash).toBe((await logged(any)).hash)
    }),
    { numRuns: 10 },
  )
})
