import { describe, expect, it } from 'vitest'
import { type PodSketch, pod, statefulSet } from '../workload-objects.test-support.ts'
import { decideStatefulSet } from './decide-stateful-set.ts'

const up = { node: 'n1', readySince: '2026-11-21T11:00:00Z' }

interface Member extends PodSketch {
  readonly revision?: string
}

function decide(spec: object, members: readonly (Member | undefined)[], minor = 20) {
  const pods = members.flatMap((member, ordinal) => {
    if (member === undefined) return []
    const name = `db-${ordinal}`
    const labels = { 'controller-revision-hash': member.revision ?? 'db-new', 'statefulset.kubernetes.io/pod-name': name }
    return [pod({ ...member, name, labels })]
  })
  const input = {
    set: statefulSet(spec),
    pods,
    currentRevision: 'db-old',
    updateRevision: 'db-new',
    minor,
    nowMs: Date.parse('2026-11-21T12:00:00Z'),
  }
  const { actions, status } = decideStatefulSet(input)
  const texts = actions.map((action) =>
    action.kind === 'Create' ? `create ${action.ordinal} ${action.revision}` : `${action.kind.toLowerCase()} ${action.pod.metadata.name}`,
  )
  return { texts, status }
}

const old = { ...up, revision: 'db-old' }
const pending = { phase: 'Pending' }

describe('a StatefulSet', () => {
  it.each([
    { why: 'the first of all', spec: { replicas: 3 }, members: [], does: ['create 0 db-new'] },
    { why: 'waits for the one before', spec: { replicas: 3 }, members: [pending], does: [] },
    { why: 'the next when that is ready', spec: { replicas: 3 }, members: [up], does: ['create 1 db-new'] },
    {
      why: 'all at once when Parallel',
      spec: { replicas: 3, podManagementPolicy: 'Parallel' },
      members: [pending],
      does: ['create 1 db-new', 'create 2 db-new'],
    },
    { why: 'a gap first', spec: { replicas: 3 }, members: [up, undefined, up], does: ['create 1 db-new'] },
    { why: 'waits for one that is being deleted', spec: { replicas: 3 }, members: [up, { ...up, deleting: true }, up], does: [] },
    { why: 'a failed one anew', spec: { replicas: 1 }, members: [{ phase: 'Failed' }], does: ['delete db-0', 'create 0 db-new'] },
    { why: 'the highest down first', spec: { replicas: 1 }, members: [up, up, up], does: ['delete db-2'] },
    { why: 'not while a lower one is not ready', spec: { replicas: 1 }, members: [pending, up, up], does: [] },
    {
      why: 'not the highest, when it is not ready and neither is one before it',
      spec: { replicas: 1 },
      members: [up, pending, pending],
      does: [],
    },
    {
      why: 'all surplus ones when Parallel',
      spec: { replicas: 1, podManagementPolicy: 'Parallel' },
      members: [up, up, up],
      does: ['delete db-2', 'delete db-1'],
    },
    { why: 'the highest old one', spec: { replicas: 3 }, members: [old, old, old], does: ['delete db-2'] },
    { why: 'the next old one when those above are ready', spec: { replicas: 3 }, members: [old, old, up], does: ['delete db-1'] },
    {
      why: 'no old one while one above is not ready',
      spec: { replicas: 3, podManagementPolicy: 'Parallel' },
      members: [old, old, pending],
      does: [],
    },
    {
      why: 'none below the partition',
      spec: { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      members: [old, up],
      does: [],
    },
    {
      why: 'below the partition of the old revision',
      spec: { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      members: [],
      does: ['create 0 db-old'],
    },
    { why: 'none with OnDelete', spec: { replicas: 2, updateStrategy: { type: 'OnDelete' } }, members: [old, old], does: [] },
  ])('does $does: $why', ({ spec, members, does }) => {
    expect(decide(spec, members).texts).toEqual(does)
  })

  it('counts what it has and what it just did', () => {
    expect(decide({ replicas: 3 }, [old, up]).status).toMatchObject({
      replicas: 3,
      readyReplicas: 2,
      currentReplicas: 1,
      updatedReplicas: 2,
      currentRevision: 'db-old',
    })
  })

  it('has come to its update when every pod is of it and ready', () => {
    expect(decide({ replicas: 2 }, [up, up]).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 2, currentRevision: 'db-new' })
  })

  it('that is being deleted does nothing', () => {
    const set = statefulSet({ replicas: 3 })
    const leaving = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-11-21T10:00:00Z' } }
    const { actions } = decideStatefulSet({ set: leaving, pods: [], currentRevision: 'a', updateRevision: 'a', minor: 20, nowMs: 0 })
    expect(actions).toEqual([])
  })

  it('from 1.27 begins with the ordinal that it says', () => {
    expect(decide({ replicas: 2, ordinals: { start: 5 } }, [], 27).texts).toEqual(['create 5 db-new'])
  })
})
