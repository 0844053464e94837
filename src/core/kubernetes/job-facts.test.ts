import { describe, expect, it } from 'vitest'
import { jobFacts } from './job-facts.ts'

const failedJob = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'apply-server-plan-on-server-1-with-d5c507264ef83171925233-1a2b3',
    namespace: 'system-upgrade',
    uid: '5d1c',
    resourceVersion: '4711',
    creationTimestamp: '2026-03-01T10:00:00Z',
    labels: { 'upgrade.cattle.io/plan': 'server-plan', 'upgrade.cattle.io/node': 'server-1' },
    annotations: {
      'upgrade.cattle.io/ttl-seconds-after-finished': '900',
      'falkirk.dev/template': 'abc',
      'objectset.rio.cattle.io/applied': 'H4sI',
      'team.example.com/owner': 'platform',
    },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Other', name: 'o', uid: 'other' },
      { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name: 'server-plan', uid: 'plan-uid', controller: true },
    ],
  },
  spec: {
    completions: 1,
    parallelism: 1,
    suspend: false,
    activeDeadlineSeconds: 600,
    ttlSecondsAfterFinished: 900,
    template: { spec: { initContainers: [{ name: 'prepare' }, { name: 'cordon' }], containers: [{ name: 'upgrade' }] } },
  },
  status: {
    failed: 3,
    conditions: [
      { type: 'FailureTarget', status: 'True', lastTransitionTime: '2026-03-01T10:09:00Z' },
      {
        type: 'Failed',
        status: 'True',
        reason: 'DeadlineExceeded',
        message: 'Job was active longer than specified deadline',
        lastTransitionTime: '2026-03-01T10:10:00Z',
      },
    ],
  },
}

describe('jobFacts', () => {
  it('keeps what the core needs of a Job', () => {
    expect(jobFacts(failedJob)).toEqual({
      name: 'apply-server-plan-on-server-1-with-d5c507264ef83171925233-1a2b3',
      namespace: 'system-upgrade',
      uid: '5d1c',
      resourceVersion: '4711',
      labels: { 'upgrade.cattle.io/plan': 'server-plan', 'upgrade.cattle.io/node': 'server-1' },
      annotations: { 'upgrade.cattle.io/ttl-seconds-after-finished': '900', 'falkirk.dev/template': 'abc' },
      ownerUid: 'plan-uid',
      createdAtMs: Date.parse('2026-03-01T10:00:00Z'),
      parallelism: 1,
      suspend: false,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 900,
      active: 0,
      succeeded: 0,
      failed: 3,
      end: {
        kind: 'Failed',
        atMs: Date.parse('2026-03-01T10:10:00Z'),
        reason: 'DeadlineExceeded',
        message: 'Job was active longer than specified deadline',
      },
      deleting: false,
      cordons: true,
      templateDigest: 'full:abc',
    })
  })

  it.each([
    {},
    { metadata: {}, spec: {}, status: {} },
    {
      metadata: { labels: null, annotations: null, ownerReferences: null, creationTimestamp: null },
      spec: { template: { spec: { initContainers: null } } },
      status: { conditions: null },
    },
  ])('takes the API defaults where a Job says nothing: %j', (raw) => {
    expect(jobFacts(raw)).toEqual({
      name: '',
      namespace: '',
      uid: '',
      resourceVersion: '',
      labels: {},
      annotations: {},
      ownerUid: '',
      createdAtMs: 0,
      parallelism: 1,
      suspend: false,
      active: 0,
      succeeded: 0,
      failed: 0,
      deleting: false,
      cordons: false,
    })
  })

  it.each([
    {
      condition: { type: 'Complete', status: 'True', lastTransitionTime: '2026-03-01T10:10:00Z' },
      kind: 'Complete',
      at: '2026-03-01T10:10:00Z',
    },
    { condition: { type: 'Complete', status: 'True' }, kind: 'Complete', at: '2026-03-01T10:05:00Z' },
    { condition: { type: 'Complete', status: 'False' }, kind: undefined, at: '' },
    { condition: { type: 'Suspended', status: 'True' }, kind: undefined, at: '' },
    { condition: { type: 'SuccessCriteriaMet', status: 'True' }, kind: undefined, at: '' },
  ])('condition $condition ends the Job: $kind', ({ condition, kind, at }) => {
    const { end } = jobFacts({ status: { completionTime: '2026-03-01T10:05:00Z', conditions: [condition] } })
    expect(end?.kind).toBe(kind)
    expect(end?.atMs).toBe(kind === undefined ? undefined : Date.parse(at))
  })

  it('tells a Job that drains, one that is paused and one that goes', () => {
    const facts = jobFacts({
      metadata: { deletionTimestamp: '2026-03-01T10:00:00Z' },
      spec: { parallelism: 0, suspend: true, template: { spec: { initContainers: [{ name: 'drain' }] } } },
    })
    expect(facts).toMatchObject({ cordons: true, parallelism: 0, suspend: true, deleting: true })
    expect(jobFacts({ spec: { template: { spec: { initContainers: [{ name: 'prepare' }] } } } }).cordons).toBe(false)
  })
})

describe('templateDigest of a Job that somebody else has made', () => {
  const raw = { metadata: { annotations: { 'objectset.rio.cattle.io/applied': 'text' } } }

  it('comes from the applied annotation', () => {
    const facts = jobFacts(raw, (text) => ({ spec: { template: { spec: { nodeName: text } } } }))
    expect(facts.templateDigest).toMatch(/^cut:[0-9a-f]{64}$/)
    expect(jobFacts(raw, () => ({ spec: { template: { spec: { nodeName: 'other' } } } })).templateDigest).not.toBe(facts.templateDigest)
  })

  it.each([undefined, null, {}, [], 'text', 7, { spec: null }, { spec: {} }, { spec: 'x' }, { spec: { template: null } }])(
    'is unknown when the annotation says %j',
    (decoded) => {
      expect(jobFacts(raw, () => decoded)).not.toHaveProperty('templateDigest')
    },
  )

  it('is unknown without a decoder or an annotation', () => {
    expect(jobFacts(raw)).not.toHaveProperty('templateDigest')
    expect(jobFacts({}, () => ({ spec: { template: {} } }))).not.toHaveProperty('templateDigest')
  })

  it('does not fall over what is nested deeper than any template', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown
    expect(jobFacts(raw, () => ({ spec: { template: { spec: deep } } })).templateDigest).toMatch(/^cut:/)
  })
})
