import { describe, expect, it } from 'vitest'
import { podFacts } from './pod-facts.ts'

const upgradePod = {
  metadata: {
    name: 'apply-server-plan-on-server-1-with-d5c507264ef83171925233-x2k9p',
    namespace: 'system-upgrade',
    uid: 'b1c5',
    resourceVersion: '4711',
    labels: { 'upgrade.cattle.io/controller': 'system-upgrade-controller' },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Other', name: 'o', uid: 'u0' },
      { apiVersion: 'batch/v1', kind: 'Job', name: 'apply', uid: 'u1', controller: true, blockOwnerDeletion: true },
    ],
    finalizers: ['batch.kubernetes.io/job-tracking'],
    creationTimestamp: '2026-03-01T09:59:00Z',
    deletionTimestamp: '2026-03-01T10:00:30Z',
  },
  spec: { nodeName: 'server-1', terminationGracePeriodSeconds: 0, priority: 1000, volumes: [{ name: 'tmp', emptyDir: {} }] },
  status: {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', status: 'False' },
    ],
    initContainerStatuses: [{ name: 'drain', state: { terminated: { exitCode: 1, reason: 'Error', startedAt: '2026-03-01T10:00:00Z' } } }],
    containerStatuses: [{ name: 'upgrade', state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "a/b"' } } }],
  },
}

describe('podFacts', () => {
  it('keeps what an upgrade and a drain need to know of a pod', () => {
    expect(podFacts(upgradePod)).toEqual({
      name: 'apply-server-plan-on-server-1-with-d5c507264ef83171925233-x2k9p',
      namespace: 'system-upgrade',
      uid: 'b1c5',
      resourceVersion: '4711',
      labels: { 'upgrade.cattle.io/controller': 'system-upgrade-controller' },
      nodeName: 'server-1',
      phase: 'Pending',
      ready: false,
      createdAtMs: Date.parse('2026-03-01T09:59:00Z'),
      deletionAtMs: Date.parse('2026-03-01T10:00:30Z'),
      gracePeriodSeconds: 0,
      priority: 1000,
      controller: { apiVersion: 'batch/v1', kind: 'Job', name: 'apply', uid: 'u1', controller: true, blockOwnerDeletion: true },
      mirror: false,
      hasEmptyDir: true,
      finalizers: ['batch.kubernetes.io/job-tracking'],
      containers: [
        { name: 'drain', init: true, state: 'Terminated', reason: 'Error', message: '', exitCode: 1 },
        { name: 'upgrade', init: false, state: 'Waiting', reason: 'ImagePullBackOff', message: 'Back-off pulling image "a/b"' },
      ],
    })
  })

  it('keeps the claims of its volumes, those as well that are made for it', () => {
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-of-db-0' } },
      { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
      { name: 'tmp', emptyDir: {} },
    ]
    expect(podFacts({ metadata: { name: 'db-0' }, spec: { volumes } }).claims).toEqual(['data-of-db-0', 'db-0-scratch'])
  })

  it('reads a mirror pod, a running container and a pod that does not fit', () => {
    const facts = podFacts({
      metadata: { annotations: { 'kubernetes.io/config.mirror': '9a8b' } },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
        ],
        containerStatuses: [{ name: 'a', state: { running: { startedAt: '2026-03-01T10:00:00Z' } } }],
      },
    })
    expect(facts).toMatchObject({ mirror: true, ready: true, unschedulableMessage: '0/3 nodes are available' })
    expect(facts.containers).toEqual([{ name: 'a', init: false, state: 'Running', reason: '', message: '' }])
  })

  it.each([
    {},
    { metadata: {}, spec: {}, status: {} },
    {
      metadata: { labels: null, annotations: null, ownerReferences: null, finalizers: null },
      spec: { volumes: null },
      status: { conditions: null, initContainerStatuses: null, containerStatuses: null },
    },
  ])('takes the API defaults where a pod says nothing: %j', (raw) => {
    expect(podFacts(raw)).toEqual({
      name: '',
      namespace: '',
      uid: '',
      resourceVersion: '',
      labels: {},
      nodeName: '',
      phase: '',
      ready: false,
      gracePeriodSeconds: 30,
      priority: 0,
      mirror: false,
      hasEmptyDir: false,
      finalizers: [],
      containers: [],
    })
  })
})
