import { describe, expect, it } from 'vitest'
import { RunWorld, server, several, to, worker } from '../run-world.test-support.ts'
import { foreseeUpgrade } from './foresee-upgrade.ts'

describe('what is foreseen of a run under way', () => {
  it.each(['Staging', 'Draining', 'Changing', 'Verifying', 'Soaking'] as const)('is all that follows, with a node that is %s', (step) => {
    const world = new RunWorld([server(0), ...several(4, worker)])
    world.edit({ pools: [{ name: 'all', nodeSelector: {}, batches: { first: 1, factor: 1, max: 1 } }] })
    world.until(() => world.entry('worker-0')?.step === step)
    const { nodes, end } = foreseeUpgrade(world.facts, world.nowMs)
    expect(nodes.map(({ node }) => node)).toEqual(['worker-1', 'worker-2', 'worker-3'])
    expect(end).toMatchObject({ phase: 'Complete', message: `the cluster runs ${to}` })
  })

  it('comes to where a node that failed stops it', () => {
    const world = new RunWorld([server(0), ...several(2, worker)])
    world.edit({ failure: { retries: 0 } })
    world.jobWay = (job) => ({ end: job.labels['falkirk.dev/step'] === 'Change' ? 'Failed' : 'Complete' })
    world.untilPhase('Stopped')
    expect(foreseeUpgrade(world.facts, world.nowMs)).toMatchObject({ nodes: [], end: { phase: 'Stopped' } })
  })
})
