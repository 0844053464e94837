import type { Pod } from 'kubernetes-types/core/v1'
import type { Node } from 'kubernetes-types/core/v1.js'
import { describe, expect, it } from 'vitest'
import { as, type DraftObject } from '../kube-object.ts'
import { schedulerRig, smallNode, smallPod } from './scheduler.test-support.ts'

function cordoned(unschedulable: boolean) {
  return (node: object) => ({ ...node, spec: { ...as<Node>(node as DraftObject).spec, unschedulable } }) as DraftObject
}

describe('a pod without a node', () => {
  it('is bound to one that has room, and an event says so', async () => {
    const rig = await schedulerRig()
    await rig.create('nodes', smallNode('n1'))
    await rig.create('nodes', smallNode('n2', '500m'))
    await rig.create('pods', smallPod('web'))
    rig.scheduler.start()
    await rig.clock.advance(100)
    expect(rig.nodeOf('web')).toBe('n1')
    expect(rig.condition('web')).toMatchObject({ status: 'True' })
    expect(rig.events('web')).toEqual(['Scheduled: Successfully assigned default/web to n1'])
  })

  it('counts those that are being bound', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '2'))
    for (const name of ['a', 'b', 'c']) await rig.create('pods', smallPod(name))
    await rig.clock.advance(100)
    expect(['a', 'b', 'c'].map(rig.nodeOf)).toEqual(['n1', 'n1', ''])
    expect(rig.failures).toEqual([])
  })

  it('goes by priority, then by age', async () => {
    const rig = await schedulerRig()
    await rig.create('pods', smallPod('first'))
    await rig.create('pods', smallPod('important', '1', { priority: 10 }))
    await rig.create('pods', smallPod('second'))
    await rig.create('nodes', smallNode('n1', '2'))
    rig.scheduler.start()
    await rig.clock.advance(100)
    expect(['first', 'important', 'second'].map(rig.nodeOf)).toEqual(['n1', 'n1', ''])
  })

  it('of another scheduler is left alone, but counted once it runs', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '2'))
    await rig.create('pods', smallPod('theirs', '2', { schedulerName: 'other' }))
    await rig.clock.advance(100)
    expect(rig.nodeOf('theirs')).toBe('')
    await rig.client.bind({ namespace: 'default', name: 'theirs' }, 'n1')
    await rig.create('pods', smallPod('web'))
    await rig.clock.advance(100)
    expect(rig.condition('web')).toMatchObject({ status: 'False', reason: 'Unschedulable' })
  })

  it('waits for its scheduling gates', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1'))
    await rig.create('pods', smallPod('web', '1', { schedulingGates: [{ name: 'quota' }] }))
    await rig.clock.advance(60_000)
    expect([rig.nodeOf('web'), rig.events('web')]).toEqual(['', []])
    await rig.client.change('pods', { namespace: 'default', name: 'web' }, (pod) => ({
      ...pod,
      spec: { ...(pod.spec as object), schedulingGates: [] },
    }))
    await rig.clock.advance(100)
    expect(rig.nodeOf('web')).toBe('n1')
  })

  it('that is being deleted is not tried', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1'))
    await rig.create('pods', { ...smallPod('web'), metadata: { name: 'web', namespace: 'default', finalizers: ['example.com/keep'] } })
    await rig.client.delete('pods', { namespace: 'default', name: 'web' })
    await rig.clock.advance(100)
    expect(rig.events('web')).toEqual(['FailedScheduling: skip schedule deleting pod: default/web'])
  })
})

describe('a pod that fits nowhere', () => {
  it.each([
    { minor: 20, message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.' },
    {
      minor: 31,
      message:
        '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    },
  ])('is told why by condition and event, in 1.$minor', async ({ minor, message }) => {
    const rig = await schedulerRig({ minor })
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '500m'))
    await rig.create('nodes', smallNode('n2', '2', { spec: { unschedulable: true } }))
    await rig.create('pods', smallPod('web'))
    await rig.clock.advance(100)
    const lastTransitionTime = '2026-01-01T00:00:00Z'
    expect(rig.condition('web')).toEqual({
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime,
      reason: 'Unschedulable',
      message,
    })
    expect(rig.events('web')).toEqual([`FailedScheduling: ${message}`])
  })

  it('in a cluster without nodes is told so, and bound when one comes', async () => {
    const rig = await schedulerRig({ minor: 20 })
    rig.scheduler.start()
    await rig.create('pods', smallPod('web'))
    await rig.clock.advance(100)
    expect(rig.condition('web')?.message).toBe('no nodes available to schedule pods')
    await rig.create('nodes', smallNode('n1'))
    await rig.clock.advance(2_000)
    expect(rig.nodeOf('web')).toBe('n1')
  })

  it('is tried again when a node is uncordoned', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '2', { spec: { unschedulable: true } }))
    await rig.create('pods', smallPod('web'))
    await rig.clock.advance(20_000)
    await rig.client.change('nodes', { name: 'n1' }, cordoned(false))
    await rig.clock.advance(10)
    expect(rig.nodeOf('web')).toBe('n1')
  })

  it('is tried again when a pod has gone, not while it is going', async () => {
    const rig = await schedulerRig({ minor: 20 })
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '1'))
    await rig.create('pods', smallPod('old'))
    await rig.clock.advance(50)
    await rig.create('pods', smallPod('new'))
    await rig.clock.advance(20_000)
    await rig.client.delete('pods', { namespace: 'default', name: 'old' })
    await rig.clock.advance(20_000)
    expect(rig.nodeOf('new')).toBe('')
    await rig.client.delete('pods', { namespace: 'default', name: 'old' }, { gracePeriodSeconds: 0 })
    await rig.clock.advance(10)
    expect(rig.nodeOf('new')).toBe('n1')
  })

  it('is tried again when the pod arrives that it has to be near', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1'))
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'cache' } } }
    await rig.create(
      'pods',
      smallPod('web', '1', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }),
    )
    await rig.clock.advance(20_000)
    await rig.create('pods', smallPod('cache', '1', {}, { app: 'cache' }))
    await rig.clock.advance(100)
    expect([rig.nodeOf('cache'), rig.nodeOf('web')]).toEqual(['n1', 'n1'])
  })

  it('is not tried again by a change that cannot help, and by none more often than its back-off says', async () => {
    const rig = await schedulerRig()
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '1', { spec: { unschedulable: true } }))
    await rig.create('pods', smallPod('web'))
    await rig.clock.advance(100)
    for (let at = 0; at < 50; at += 1) {
      await rig.client.change(
        'nodes',
        { name: 'n1' },
        (node) => ({
          ...node,
          status: { ...(node.status as object), allocatable: { cpu: String(2 + at), memory: '4Gi', pods: '110' } },
        }),
        'status',
      )
      await rig.clock.advance(200)
    }
    expect(rig.events('web').join()).not.toContain('x')
    for (let at = 0; at < 50; at += 1) {
      await rig.client.change('nodes', { name: 'n1' }, (node) => ({
        ...node,
        spec: { unschedulable: true, taints: [{ key: `t${at}`, effect: 'PreferNoSchedule' }] },
      }))
      await rig.clock.advance(200)
    }
    // 10 s hold attempts after 1, 2 and 4 s.
    expect(rig.events('web')[0]).toMatch(/^FailedScheduling x[345]: /)
  })

  it.each([
    { minor: 20, seconds: 95 },
    { minor: 33, seconds: 335 },
  ])('is tried again after a while without any change, in 1.$minor', async ({ minor, seconds }) => {
    const rig = await schedulerRig({ minor })
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '500m'))
    await rig.create('pods', smallPod('web'))
    await rig.clock.advance(59_000)
    expect(rig.events('web').join()).not.toContain('FailedScheduling x')
    await rig.clock.advance((seconds - 59) * 1_000)
    expect(rig.events('web')[0]).toContain('FailedScheduling x2')
  })
})

describe('an important pod', () => {
  it.each([
    { minor: 20, by: 'default/important', disruption: undefined },
    { minor: 25, by: 'default/important', disruption: undefined },
    { minor: 26, by: 'default/important', disruption: 'PreemptionByScheduler' },
    { minor: 33, by: 'pod ', disruption: 'PreemptionByScheduler' },
  ])('pushes a less important one aside, and takes its place when it has gone, in 1.$minor', async ({ minor, by, disruption }) => {
    const rig = await schedulerRig({ minor })
    rig.scheduler.start()
    await rig.create('nodes', smallNode('n1', '1'))
    await rig.create('pods', smallPod('low'))
    await rig.clock.advance(50)
    await rig.create('pods', smallPod('important', '1', { priority: 100 }))
    await rig.create('pods', smallPod('other'))
    await rig.clock.advance(2_000)
    expect(rig.store.get('pods', 'default', 'low')?.metadata.deletionTimestamp).toBeDefined()
    expect(rig.nominated('important')).toBe('n1')
    expect(rig.events('low').at(-1)).toContain(`Preempted: Preempted by ${by}`)
    const { conditions = [] } = (rig.store.get('pods', 'default', 'low') as Pod | undefined)?.status ?? {}
    expect(conditions.find(({ type }) => type === 'DisruptionTarget')?.reason).toBe(disruption)
    await rig.client.delete('pods', { namespace: 'default', name: 'low' }, { gracePeriodSeconds: 0 })
    await rig.clock.advance(12_000)
    expect([rig.nodeOf('important'), rig.nodeOf('other')]).toEqual(['n1', ''])
    expect(rig.failures).toEqual([])
  })
})

describe('volumes', () => {
  const storageClass = {
    metadata: { name: 'local' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
  const claim = {
    metadata: { name: 'data', namespace: 'default' },
    spec: { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  const volume = {
    metadata: { name: 'disk' },
    spec: {
      storageClassName: 'local',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n2'] }] }] },
      },
    },
    status: { phase: 'Available' },
  }
  const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }

  async function rigWithClaim(cluster: readonly (readonly [string, object])[]) {
    const rig = await schedulerRig()
    rig.scheduler.start()
    for (const name of ['n1', 'n2']) await rig.create('nodes', smallNode(name))
    for (const [resource, object] of cluster) await rig.create(resource, object)
    await rig.create('persistentvolumeclaims', claim)
    await rig.create('pods', smallPod('db', '1', spec))
    await rig.clock.advance(100)
    return rig
  }

  const complete = (object: object) => {
    const { metadata, spec: own } = object as { metadata: { annotations?: object }; spec: object }
    return {
      ...object,
      metadata: { ...metadata, annotations: { ...metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { ...own, volumeName: 'disk' },
    } as DraftObject
  }

  it('are bound before the pod is, on the node where they are', async () => {
    const rig = await rigWithClaim([
      ['storageclasses.storage.k8s.io', storageClass],
      ['persistentvolumes', volume],
    ])
    expect(rig.nodeOf('db')).toBe('')
    expect(rig.store.get('persistentvolumes', undefined, 'disk')?.spec).toMatchObject({ claimRef: { namespace: 'default', name: 'data' } })
    await rig.client.change('persistentvolumeclaims', { namespace: 'default', name: 'data' }, complete)
    await rig.clock.advance(100)
    expect(rig.nodeOf('db')).toBe('n2')
  })

  it('are asked for on the chosen node when they are still to be made', async () => {
    const rig = await rigWithClaim([['storageclasses.storage.k8s.io', { ...storageClass, provisioner: 'csi.example.com' }]])
    const selected = rig.store.get('persistentvolumeclaims', 'default', 'data')?.metadata.annotations?.[
      'volume.kubernetes.io/selected-node'
    ]
    expect(['n1', 'n2']).toContain(selected)
    await rig.client.change('persistentvolumeclaims', { namespace: 'default', name: 'data' }, complete)
    await rig.clock.advance(100)
    expect(rig.nodeOf('db')).toBe(selected)
  })

  it('that never come give the pod back after ten minutes', async () => {
    const rig = await rigWithClaim([['storageclasses.storage.k8s.io', { ...storageClass, provisioner: 'csi.example.com' }]])
    await rig.clock.advance(600_500)
    expect(rig.condition('db')).toMatchObject({ reason: 'SchedulerError', message: 'binding volumes: timed out waiting for the condition' })
  })
})

it('a pod that somebody else binds meanwhile keeps that node, and is counted there once', async () => {
  const rig = await schedulerRig()
  rig.scheduler.start()
  await rig.create('nodes', smallNode('n1', '2'))
  await rig.create('pods', smallPod('web', '2'))
  await rig.client.bind({ namespace: 'default', name: 'web' }, 'n1')
  await rig.clock.advance(100)
  expect([rig.nodeOf('web'), rig.events('web')]).toEqual(['n1', []])
  await rig.client.delete('pods', { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 })
  await rig.create('pods', smallPod('next', '2'))
  await rig.clock.advance(100)
  expect(rig.nodeOf('next')).toBe('n1')
})

it('stops: nothing is bound any more, and no timer is left', async () => {
  const rig = await schedulerRig()
  rig.scheduler.start()
  await rig.create('pods', smallPod('web'))
  await rig.clock.advance(100)
  rig.scheduler.stop()
  await rig.create('nodes', smallNode('n1'))
  await rig.clock.advance(100)
  expect([rig.nodeOf('web'), rig.clock.nextAtMs()]).toEqual(['', undefined])
})

it('the same seed binds the same pods to the same nodes in the same order', async () => {
  const run = async (seed: number) => {
    const rig = await schedulerRig({ seed })
    rig.scheduler.start()
    for (let at = 0; at < 8; at += 1) await rig.create('nodes', smallNode(`n${at}`, '4'))
    for (let at = 0; at < 20; at += 1) await rig.create('pods', smallPod(`p${at}`, '1'))
    await rig.clock.advance(1_000)
    const changes = rig.store.changesSince('pods', 0)
    return JSON.stringify(
      changes === 'Expired' ? [] : changes.map(({ object }) => [object.metadata.name, (object.spec as { nodeName?: string }).nodeName]),
    )
  }
  expect(await run(7)).toBe(await run(7))
  expect(await run(7)).not.toBe(await run(8))
})
