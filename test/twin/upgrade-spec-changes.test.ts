import { afterEach, describe, expect, it } from 'vitest'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
const to = 'v1.31.5+k3s1'

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

/** A run of one server and four workers in two pools, whose first worker is at a step; gives its name too. */
async function atStep(step: string): Promise<UpgradeCluster & { readonly node: string }> {
  const poolOf = (worker: number) => (worker < 2 ? 'blue' : 'green')
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 4, poolOf })
  running.push(run)
  run.cluster.startController()
  await run.create('up', { version: to, pools: pools('blue', 'green') })
  const isThere = ({ node, step: at }: { readonly node: string; readonly step: string }) => at === step && /worker/.test(node)
  const { inFlight = [] } = await run.until('up', ({ inFlight: at = [] }) => at.some(isThere))
  return Object.assign(run, { node: inFlight.find(isThere)?.node ?? '' })
}

function pools(...names: readonly string[]) {
  return names.map((name) => ({ name, nodeSelector: { matchLabels: { pool: name } }, batches: { max: 1 } }))
}

function expectNothingLeft(run: UpgradeCluster): void {
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
}

describe('a spec that changes while a node is being changed', () => {
  it('to a further version: the node finishes with the one that it was started for, then the way goes on from there', async () => {
    const run = await atStep('Changing')
    await run.edit('up', { version: 'v1.32.11+k3s1' })
    const end = await run.until('up', ({ phase }) => phase === 'Complete' || phase === 'Refused')
    expect(end).toMatchObject({ phase: 'Complete', progress: { controlPlane: '1/1', nodes: '4/4' } })
    expect(run.witness.versions.get(run.node)).toEqual([to, 'v1.32.11+k3s1'])
    // the others had not been started: they go to the new version at once
    const others = [...run.witness.versions].filter(([name]) => name.startsWith('worker') && name !== run.node)
    expect(others.map(([, versions]) => versions)).toEqual([['v1.32.11+k3s1'], ['v1.32.11+k3s1'], ['v1.32.11+k3s1']])
    expectNothingLeft(run)
  })

  it('to a lower version: it is refused, the node finishes, and no other begins until that is mended', async () => {
    const run = await atStep('Changing')
    await run.edit('up', { version: 'v1.30.8+k3s1' })
    const refused = await run.until('up', ({ phase }) => phase === 'Refused')
    expect(refused.message).toMatch(/lower/)
    await run.cluster.clock.advance(300_000)
    expect(run.witness.changed).toEqual(['server-0', run.node])
    expectNothingLeft(run)
    await run.edit('up', { version: to })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })

  it('to what cannot be read: it says which node stays as it is, and goes on when that is mended', async () => {
    const run = await atStep('Draining')
    await run.edit('up', { version: 'later' })
    const refused = await run.until('up', ({ phase }) => phase === 'Refused')
    expect(refused.message).toMatch(new RegExp(`until then ${run.node} stays as it is$`))
    await run.cluster.clock.advance(300_000)
    expect(run.witness.changed).toEqual(['server-0'])
    await run.edit('up', { version: to })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })

  it('to another order of pools: what has begun finishes, then the new order counts', async () => {
    const run = await atStep('Changing')
    await run.edit('up', { pools: pools('green', 'blue') })
    await run.until('up', ({ phase }) => phase === 'Complete')
    const pool = (name: string) => (/[01]$/.test(name) ? 'blue' : 'green')
    expect(run.witness.changed.slice(1).map(pool)).toEqual(['blue', 'green', 'green', 'blue'])
    expectNothingLeft(run)
  })
})
