import { afterEach, expect, it } from 'vitest'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

const to = 'v1.31.5+k3s1'
const pools = [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } } }]

async function started(workers: number): Promise<UpgradeCluster> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers })
  running.push(run)
  return run
}

const whole = [
  `Started: v1.30.4+k3s1 → ${to} in 1 hop; done: control plane 0/1, nodes 0/3`,
  `HopStarted: hop 1 of 1: ${to}`,
  'NodeStarted: begins with server-0',
  'NodeDone: server-0 is done',
  'BatchStarted: pool blue, batch 1: worker-0; 0 of 3 nodes are done',
  'BatchEnded: pool blue, batch 1 (1 node) has ended',
  'BatchStarted: pool blue, batch 2: worker-1, worker-2; 1 of 3 nodes are done',
  'BatchEnded: pool blue, batch 2 (2 nodes) has ended',
  `Complete: the cluster runs ${to}`,
]

it('a run tells its story by events, each once, as kubectl describe finds them', async () => {
  const run = await started(3)
  run.cluster.startController()
  await run.create('up', { version: to, pools })
  await run.until('up', ({ phase }) => phase === 'Complete')
  await run.cluster.clock.advance(10_000)
  const events = run.events()
  expect(events.map(({ text }) => text).sort()).toEqual([...whole].sort())
  expect(events.map(({ type, count, namespace, name }) => ({ type, count, namespace, name }))).toEqual(
    whole.map(() => ({ type: 'Normal', count: 1, namespace: 'default', name: 'up' })),
  )
  expect(run.problems()).toEqual([])
})

it('whoever takes over from a controller that was killed tells nothing a second time, whenever that was', async () => {
  let most = 0
  for (let write = 1; ; write += 3) {
    const run = await started(1)
    const { cluster } = run
    const onDeath = () => void cluster.clock.after(7_000, () => cluster.startController())
    const first = cluster.startController({ death: { write, when: 'After', onDeath } })
    await run.create('up', { version: to, pools })
    await run.until('up', ({ phase }) => phase === 'Complete')
    await cluster.clock.advance(10_000)
    const told = run.events()
    expect({ write, again: told.filter(({ text, count }) => count > 1 || told.filter((one) => one.text === text).length > 1) }).toEqual({
      write,
      again: [],
    })
    most = Math.max(most, told.length)
    if (!first.isDead) break
    running.splice(running.indexOf(run), 1)
    cluster.stop()
  }
  expect(most).toBe(7)
})

it('a pause, a stop of its own and a cancellation are told, with the fix', async () => {
  const run = await started(3)
  run.cluster.startController()
  await run.create('up', { version: to, pools, stopAfter: 'ControlPlane' })
  await run.until('up', ({ phase }) => phase === 'Paused')
  await run.edit('up', { continueFrom: 1, action: 'Pause' })
  await run.cluster.clock.advance(10_000)
  await run.edit('up', { action: 'Run' })
  await run.until('up', ({ phase, inFlight = [] }) => phase === 'Nodes' && inFlight.length > 0)
  await run.edit('up', { action: 'Cancel' })
  await run.until('up', ({ phase }) => phase === 'Cancelled')
  await run.cluster.clock.advance(10_000)
  const texts = run.events().map(({ text }) => text)
  expect(texts).toContain('Paused: stopped after the control plane, as spec.stopAfter asks; falkirk continue goes on')
  expect(texts).toContain('Continued: goes on after Paused; done: control plane 1/1, nodes 0/3')
  expect(texts).toContain('Cancelled: cancelled; nodes that were not started are as they were')
})
