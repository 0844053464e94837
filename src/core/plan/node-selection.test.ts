import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { doneJudge, eligibleNodes, firstCandidates, hostnameOf, isControlPlane, orderKey, sortedByName } from './node-selection.ts'
import type { Plan } from './plan.ts'
import { bareNode } from './plan-facts.test-support.ts'

function nodeOf(name: string, labels: Record<string, string> = { 'kubernetes.io/hostname': name }): NodeFacts {
  return bareNode(name, labels)
}

function planOf(spec: Partial<Plan['spec']> = {}): Plan {
  const metadata = { name: 'p', namespace: 'ns', uid: 'plan-uid', resourceVersion: '1', generation: 1 }
  return { metadata, spec: { upgrade: { image: 'a' }, ...spec } }
}

describe('eligibleNodes', () => {
  const nodes = [nodeOf('a'), nodeOf('b', { 'kubernetes.io/hostname': 'b.example.com', pool: 'x' }), nodeOf('c', { pool: 'x' })]
  const names = (plan: Plan) => eligibleNodes(plan, nodes).map((n) => n.name)

  it('point 36: without a selector there are none', () => {
    expect(names(planOf())).toEqual([])
  })

  it('point 37: an empty selector selects every node that has a hostname label', () => {
    expect(names(planOf({ nodeSelector: {} }))).toEqual(['a', 'b'])
  })

  it('the hostname label is needed besides what the selector says', () => {
    expect(names(planOf({ nodeSelector: { matchLabels: { pool: 'x' } } }))).toEqual(['b'])
  })

  it('a Plan can ask for its own label, which makes nodes opt in', () => {
    const plan = planOf({ nodeSelector: { matchExpressions: [{ key: 'plan.upgrade.cattle.io/p', operator: 'Exists' }] } })
    const optedIn = nodeOf('a', { 'kubernetes.io/hostname': 'a', 'plan.upgrade.cattle.io/p': '' })
    expect(eligibleNodes(plan, [optedIn, nodeOf('b')])).toEqual([optedIn])
    expect(doneJudge(plan, 'hash')(optedIn)).toBe(false)
  })
})

describe('doneJudge', () => {
  it.each([
    { point: 'point 39', label: 'disabled', done: true },
    { point: 'point 40', label: 'hash', done: true },
    { point: 'point 41', label: 'another', done: false },
    { point: 'no label', label: undefined, done: false },
  ])('$point: label $label', ({ label, done }) => {
    const node = nodeOf('a', label === undefined ? {} : { 'plan.upgrade.cattle.io/p': label })
    expect(doneJudge(planOf(), 'hash')(node)).toBe(done)
  })

  it("another Plan's label does not count", () => {
    expect(doneJudge(planOf(), 'hash')(nodeOf('a', { 'plan.upgrade.cattle.io/other': 'hash' }))).toBe(false)
  })
})

describe('sortedByName', () => {
  it('orders by name, and leaves alone what is in order', () => {
    const ordered = [nodeOf('a'), nodeOf('b'), nodeOf('c')]
    expect(sortedByName(ordered)).toBe(ordered)
    expect(sortedByName(ordered.toReversed())).toEqual(ordered)
  })
})

describe('hostnameOf', () => {
  it('point 45: is the label, and the name only without one', () => {
    expect(hostnameOf(nodeOf('ip-10-0-0-1.ec2.internal', { 'kubernetes.io/hostname': 'ip-10-0-0-1' }))).toBe('ip-10-0-0-1')
    expect(hostnameOf(nodeOf('a', {}))).toBe('a')
  })
})

describe('isControlPlane', () => {
  it.each([
    { label: 'node-role.kubernetes.io/control-plane', is: true },
    { label: 'node-role.kubernetes.io/master', is: true },
    { label: 'node-role.kubernetes.io/worker', is: false },
  ])('$label: $is, whatever its value', ({ label, is }) => {
    expect(isControlPlane(nodeOf('a', { [label]: '' }))).toBe(is)
  })
})

describe('firstCandidates', () => {
  const keyOf = (hash: string) => (node: NodeFacts) => orderKey(node.uid, 'plan-uid', hash)

  const sorted = (nodes: readonly NodeFacts[], hash: string) =>
    nodes
      .map((node) => ({ node, key: orderKey(node.uid, 'plan-uid', hash) }))
      .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
      .map(({ node }) => node)

  it('point 44: orders by the SHA-256 of node UID, Plan UID and hash', () => {
    expect(orderKey('a', 'b', 'c')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('point 44: takes what a plain sort would bring to the front', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500), { maxLength: 60 }), fc.integer({ min: -2, max: 70 }), fc.string(), (ids, count, hash) => {
        const nodes = ids.map((id) => nodeOf(`node-${id}`))
        expect(firstCandidates(nodes, count, keyOf(hash))).toEqual(sorted(nodes, hash).slice(0, Math.max(count, 0)))
      }),
    )
  })

  it('defect 41: asks for the key of each node once, however many nodes there are', () => {
    const nodes = Array.from({ length: 1_000 }, (_, i) => nodeOf(`node-${i}`))
    let asked = 0
    firstCandidates(nodes, 50, (node) => {
      asked += 1
      return orderKey(node.uid, 'plan-uid', 'v1')
    })
    expect(asked).toBe(1_000)
  })

  it('point 44: the order does not depend on the order of the nodes, and changes with the hash', () => {
    const nodes = Array.from({ length: 40 }, (_, i) => nodeOf(`node-${i}`))
    const first = firstCandidates(nodes, 40, keyOf('v1'))
    expect(firstCandidates(nodes.toReversed(), 40, keyOf('v1'))).toEqual(first)
    expect(firstCandidates(nodes, 40, keyOf('v2'))).not.toEqual(first)
  })
})
