import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../../kube-object.ts'
import { admitKubelet, admitKubeletPod, admitNewNode } from './admit-node.ts'
import { podOf } from './objects.test-support.ts'

const kubelet = { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] }
const admin = { username: 'admin', groups: ['system:masters'] }
const node = (name: string, labels: object = {}, spec: object = {}): DraftObject => ({
  metadata: { name, labels: { ...labels } as Record<string, string> },
  spec,
})
const taint = { key: 'a', effect: 'NoSchedule' }

describe('admitNewNode', () => {
  it('taints a node that nobody has seen ready, once', () => {
    const once = admitNewNode(node('n1', {}, { taints: [taint] }))
    expect(once.spec).toEqual({ taints: [taint, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] })
    expect(admitNewNode(once)).toBe(once)
  })
})

describe('admitKubelet', () => {
  it.each([
    ['another node', node('n2'), undefined, 'node "n1" is not allowed to modify node "n2"'],
    [
      'a role',
      node('n1', { 'node-role.kubernetes.io/master': '' }),
      undefined,
      'node "n1" is not allowed to set the following labels: node-role.kubernetes.io/master',
    ],
    [
      'a label that keeps nodes apart',
      node('n1', { 'x.node-restriction.kubernetes.io/a': 'b' }),
      node('n1'),
      'is not allowed to modify labels: x.node-restriction.kubernetes.io/a',
    ],
    ['its taints', node('n1'), node('n1', {}, { taints: [taint] }), 'node "n1" is not allowed to modify taints'],
  ])('refuses a kubelet %s', (_title, next, old, why) => {
    expect(admitKubelet(next, old, kubelet)).toEqual({ kind: 'Refused', why })
    expect(admitKubelet(next, old, admin).kind).toBe('Admitted')
  })

  it('lets a kubelet label its own node with what it knows', () => {
    const labels = { 'kubernetes.io/hostname': 'n1', 'topology.kubernetes.io/zone': 'a', 'node.kubernetes.io/x': 'y', mine: 'too' }
    expect(admitKubelet(node('n1', labels), undefined, kubelet).kind).toBe('Admitted')
  })
})

describe('admitKubeletPod', () => {
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u1', controller: true }
  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences: [owner] }

  it('lets a kubelet create a mirror pod of its node', () => {
    expect(admitKubeletPod(podOf({ nodeName: 'n1' }, mirror), kubelet, 'u1').kind).toBe('Admitted')
  })

  it.each([
    ['any other pod', {}, {}, /can only create mirror pods/],
    ['one for another node', { nodeName: 'n2' }, mirror, /spec\.nodeName set to itself/],
    ['one with a Secret', { nodeName: 'n1', volumes: [{ name: 's', secret: {} }] }, mirror, /can not create pods that reference secrets/],
    ['one without an owner', { nodeName: 'n1' }, { ...mirror, ownerReferences: [] }, /owner reference set to itself/],
    [
      'one of a node that was there before',
      { nodeName: 'n1' },
      { ...mirror, ownerReferences: [{ ...owner, uid: 'old' }] },
      /UID mismatch: expected old got u1/,
    ],
  ])('refuses a kubelet %s', (_title, spec, metadata, why) => {
    expect(admitKubeletPod(podOf(spec, metadata), kubelet, 'u1')).toMatchObject({ kind: 'Refused', why: expect.stringMatching(why) })
  })
})
