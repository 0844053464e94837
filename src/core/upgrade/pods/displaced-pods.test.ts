import { describe, expect, it } from 'vitest'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { aPod } from '../run-world.test-support.ts'
import { displacedPods, isUnready, whyUnready } from './displaced-pods.ts'

const minutes = 60_000
const of = (kind: string) => ({ apiVersion: 'v1', kind, name: 'x', uid: 'x', controller: true })
const unready = { ready: false, createdAtMs: noonMs + minutes }

describe('a node soaks until those pods are Ready that took the place of what its drain moved', () => {
  it.each([
    { what: 'of a ReplicaSet, made while the node was away', pod: aPod('a', 'n', unready), waits: true },
    { what: 'of a StatefulSet that is not placed yet', pod: aPod('a', '', { ...unready, controller: of('StatefulSet') }), waits: true },
    { what: 'made in the second of the cordon', pod: aPod('a', 'n', { ...unready, createdAtMs: noonMs }), waits: true },
    {
      what: 'made a minute after the node was given back',
      pod: aPod('a', 'n', { ...unready, createdAtMs: noonMs + 6 * minutes }),
      waits: true,
    },
    { what: 'made later than that', pod: aPod('a', 'n', { ...unready, createdAtMs: noonMs + 6 * minutes + 1 }), waits: false },
    { what: 'made before the cordon', pod: aPod('a', 'n', { ...unready, createdAtMs: noonMs - 1 }), waits: false },
    { what: 'Ready', pod: aPod('a', 'n', { ...unready, ready: true }), waits: false },
    { what: 'being deleted', pod: aPod('a', 'n', { ...unready, deletionAtMs: noonMs }), waits: false },
    { what: 'ended well', pod: aPod('a', 'n', { ...unready, phase: 'Succeeded' }), waits: false },
    { what: 'evicted by its kubelet', pod: aPod('a', 'n', { ...unready, phase: 'Failed' }), waits: false },
    { what: 'of a DaemonSet', pod: aPod('a', 'n', { ...unready, controller: of('DaemonSet') }), waits: false },
    { what: 'of a Job', pod: aPod('a', 'n', { ...unready, controller: of('Job') }), waits: false },
    { what: 'a static pod', pod: aPod('a', 'n', { ...unready, mirror: true }), waits: false },
  ])('$what: $waits', ({ pod, waits }) => {
    expect(displacedPods([pod], noonMs, noonMs + 5 * minutes)).toEqual(waits ? [pod] : [])
  })

  it('a pod of nobody is waited for by nobody', () => {
    const { controller: _, ...bare } = aPod('bare', 'n', unready)
    expect(displacedPods([bare], noonMs, noonMs + 5 * minutes)).toEqual([])
    expect(isUnready(bare)).toBe(true)
  })
})

describe('why a pod is not Ready', () => {
  const nowhere = '0/9 nodes are available: 2 node(s) had volume node affinity conflict, 7 node(s) were unschedulable'
  const container = { name: 'app', init: false, message: '' }
  it.each([
    {
      what: 'the scheduler says',
      pod: { unschedulableMessage: `${nowhere}. preemption: 0/9 nodes are available` },
      nodeName: '',
      why: nowhere,
    },
    {
      what: 'the scheduler says at length',
      pod: { unschedulableMessage: `${nowhere}, ${'x'.repeat(200)}` },
      nodeName: '',
      why: `${`${nowhere}, ${'x'.repeat(200)}`.slice(0, 199)}…`,
    },
    { what: 'nobody has placed it yet', pod: {}, nodeName: '', why: undefined },
    {
      what: 'its kubelet says',
      pod: { containers: [{ ...container, state: 'Waiting', reason: 'ImagePullBackOff' } as const] },
      nodeName: 'n',
      why: 'container app: ImagePullBackOff',
    },
    {
      what: 'it is on its way',
      pod: { containers: [{ ...container, state: 'Waiting', reason: 'ContainerCreating' } as const] },
      nodeName: 'n',
      why: undefined,
    },
  ])('$what', ({ pod, nodeName, why }) => expect(whyUnready(aPod('a', nodeName, { ...unready, ...pod }))).toBe(why))
})
