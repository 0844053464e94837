import { expect, it } from 'vitest'
import { anUpgrade, RunWorld, server, several, worker } from '../run-world.test-support.ts'

const before = 'v1.30.4'
const after = 'v1.31.5'
const node = { via: 'SSH' } as const

function cluster(servers: number, workers: number): RunWorld {
  const nodes = [
    ...several(servers, (index) => server(index, { kubeletVersion: before })),
    ...several(workers, (index) => worker(index, { kubeletVersion: before })),
  ]
  return new RunWorld(nodes, { upgrade: anUpgrade({ version: after, node }), apiServer: before, reachesHosts: true })
}

/** Nodes whose hosts were asked to fetch what they need, one entry for each time. */
function staged({ done }: RunWorld): readonly string[] {
  return done.flatMap((action) => (action.kind === 'RunHost' && action.order.step === 'Stage' ? [action.node] : []))
}

it('the next hosts fetch what they need while what was changed soaks, and are not asked again when their turn comes', () => {
  const world = cluster(2, 3)
  const ahead: string[] = []
  world.onDecision = ({ actions }) => {
    for (const action of actions.flat()) {
      if (action.kind !== 'RunHost' || world.entry(action.node) !== undefined) continue
      expect(action.order.step).toBe('Stage')
      expect(['server-0', 'server-1', 'worker-0'].some((name) => world.entry(name)?.step === 'Soaking')).toBe(true)
      ahead.push(action.node)
    }
  }
  world.untilPhase('Complete')
  // the first node of all has nobody before it; workers go one, then two
  expect(ahead).toEqual(['server-1', 'worker-0', 'worker-1', 'worker-2'])
  expect(staged(world)).toEqual(['server-0', ...ahead])
})

it.each([{ stopAfter: 'Node' }, { action: 'Pause' }])('nothing is fetched ahead where no further node is to be begun: %j', (spec) => {
  const world = cluster(2, 0)
  world.until(() => world.entry('server-0')?.step === 'Verifying')
  world.edit(spec)
  world.untilPhase('Paused')
  expect(staged(world)).toEqual(['server-0'])
})

it('what a host could not fetch ahead it is asked for again in its turn, as after any failure', () => {
  const world = cluster(2, 0)
  const wentWell = world.hostWay
  let failures = 1
  world.hostWay = (work) => {
    if (work.step !== 'Stage' || world.entry('server-0')?.step !== 'Soaking' || failures-- <= 0) return wentWell(work)
    return { state: { kind: 'Failed', message: 'no room', lines: [], atMs: world.nowMs, how: 'Ended' } }
  }
  world.untilPhase('Complete')
  expect(staged(world)).toEqual(['server-0', 'server-1', 'server-1'])
})
