import { describe, expect, it } from 'vitest'
import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { decideOrphans } from './decide-orphans.ts'
import { parseJournal } from './journal.ts'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'

/** A Plan that is at work on n1, which it has cordoned. */
function interrupted(unschedulableBefore = false): PlanWorld {
  const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1', { unschedulable: unschedulableBefore })]))
  world.settle()
  world.begin('n1')
  return world
}

const gone = { planUids: new Map<string, string>(), namespace: 'system-upgrade' }

describe('defect 26: what a deleted Plan leaves behind', () => {
  it('point 59: its Job goes, and the node keeps its cordon until the Job has gone', () => {
    const world = interrupted()
    const actions = decideOrphans({ ...gone, nodes: world.facts.nodes, jobs: world.facts.jobs })
    expect(actions.map((a) => a.kind)).toEqual(['DeleteJob'])
  })

  it('then the node is schedulable again and its journal is gone', () => {
    const world = interrupted()
    const [action, ...more] = decideOrphans({ ...gone, nodes: world.facts.nodes, jobs: [] })
    expect(more).toEqual([])
    expect(action).toEqual({ kind: 'PatchNode', node: 'n1', patch: { unschedulable: false, journal: null } })
  })

  it('also when the cordon of its Job has not been seen yet', () => {
    const world = interrupted()
    world.setNode('n1', { unschedulable: false })
    expect(decideOrphans({ ...gone, nodes: world.facts.nodes, jobs: [] })).toMatchObject([{ patch: { unschedulable: false } }])
  })

  it('not before the pods of its Job have ended: they may still be about to cordon', () => {
    const world = interrupted()
    const labels = { 'upgrade.cattle.io/plan': 'server-plan' }
    const pod = { namespace: 'system-upgrade', nodeName: 'n1', labels, phase: 'Running' } as unknown as PodFacts
    const left = { ...gone, nodes: world.facts.nodes, jobs: [] }
    expect(decideOrphans({ ...left, pods: [pod] })).toEqual([])
    expect(decideOrphans({ ...left, pods: [{ ...pod, phase: 'Failed' }] })).toHaveLength(1)
    expect(decideOrphans({ ...left, pods: [{ ...pod, nodeName: 'n2' }] })).toHaveLength(1)
  })

  it('a node that somebody else had cordoned stays cordoned', () => {
    const world = interrupted(true)
    expect(decideOrphans({ ...gone, nodes: world.facts.nodes, jobs: [] })).toEqual([
      { kind: 'PatchNode', node: 'n1', patch: { journal: null } },
    ])
  })

  it('a Plan of the same name that was made anew does not own the old one’s work', () => {
    const world = interrupted()
    const planUids = new Map([['system-upgrade/server-plan', 'uid-of-the-new-one']])
    expect(decideOrphans({ ...gone, planUids, nodes: world.facts.nodes, jobs: world.facts.jobs }).map((a) => a.kind)).toEqual(['DeleteJob'])
  })

  it('a living Plan is left alone, as is a journal of another namespace’s Plan', () => {
    const world = interrupted()
    const planUids = new Map([['system-upgrade/server-plan', 'uid-server-plan']])
    expect(decideOrphans({ ...gone, planUids, nodes: world.facts.nodes, jobs: world.facts.jobs })).toEqual([])
    expect(decideOrphans({ ...gone, namespace: 'elsewhere', nodes: world.facts.nodes, jobs: [] })).toEqual([])
  })

  it('a Job without the labels of a Plan is nobody’s and goes', () => {
    const job = { ...interrupted().facts.jobs[0], labels: { 'upgrade.cattle.io/controller': 'system-upgrade-controller' } } as JobFacts
    expect(decideOrphans({ ...gone, nodes: [], jobs: [job] }).map((a) => a.kind)).toEqual(['DeleteJob'])
  })

  it('a journal that cannot be read is left as it is', () => {
    expect(decideOrphans({ ...gone, nodes: [aNode('n1', { unschedulable: true, journal: '{' })], jobs: [] })).toEqual([])
  })

  it('the journal says what the node looked like before', () => {
    const read = parseJournal(interrupted().node('n1').journal)
    expect(read).toMatchObject({ kind: 'Journal', entries: [{ plan: 'system-upgrade/server-plan', before: { unschedulable: false } }] })
  })
})
