import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttachedNode, type Attachment, decideAttachments } from './decide-attachments.ts'

const healthy: AttachedNode = { exists: true, ready: true, outOfService: false, inUse: false }
const now = 1_000_000
const on = (nodeName: string, ending = false): Attachment => ({ nodeName, attached: true, ending })

function decide(
  wantedOn: string[],
  attachments: Attachment[],
  more: { multiAttach?: boolean; node?: Partial<AttachedNode>; sinceMs?: number } = {},
) {
  return decideAttachments({
    wantedOn,
    attachments,
    multiAttach: more.multiAttach ?? false,
    nodeOf: () => ({ ...healthy, ...more.node }),
    unwantedSinceMs: () => more.sinceMs ?? now,
    nowMs: now,
  })
}

describe('a volume for one node', () => {
  it.each([
    { name: 'is attached where it is wanted', wanted: ['a'], on: [], expected: { attach: ['a'], detach: [], refused: [] } },
    { name: 'stays where it is', wanted: ['a'], on: [on('a')], expected: { attach: [], detach: [], refused: [] } },
    { name: 'is detached before it moves', wanted: ['b'], on: [on('a')], expected: { attach: [], detach: ['a'], refused: ['b'] } },
    { name: 'moves when it is detached', wanted: ['b'], on: [on('a', true)], expected: { attach: [], detach: [], refused: ['b'] } },
    { name: 'is refused to a second node', wanted: ['a', 'b'], on: [on('a')], expected: { attach: [], detach: [], refused: ['b'] } },
    { name: 'goes to the first of two', wanted: ['a', 'b'], on: [], expected: { attach: ['a'], detach: [], refused: ['b'] } },
  ])('$name', ({ wanted, on: attachments, expected }) => {
    expect(decide(wanted, attachments)).toEqual(expected)
  })
})

it('a volume for many nodes is attached to all of them at once', () => {
  expect(decide(['a', 'b', 'c'], [on('a'), on('d')], { multiAttach: true })).toEqual({ attach: ['b', 'c'], detach: ['d'], refused: [] })
})

describe('a volume that nobody wants', () => {
  it.each([
    { name: 'goes at once from a healthy node', node: {}, sinceMs: now, detach: true },
    { name: 'stays while the node uses it', node: { inUse: true }, sinceMs: now - 359_000, detach: false },
    { name: 'goes after six minutes all the same', node: { inUse: true }, sinceMs: now - 360_000, detach: true },
    { name: 'stays on a node that does not answer', node: { ready: false }, sinceMs: now, detach: false },
    { name: 'goes from a node that is out of service', node: { ready: false, outOfService: true }, sinceMs: now, detach: true },
    { name: 'goes from a node that is no more', node: { exists: false, ready: false }, sinceMs: now, detach: true },
  ])('$name', ({ node, sinceMs, detach }) => {
    const decision = decide([], [on('a')], { node, sinceMs })
    expect(decision.detach).toEqual(detach ? ['a'] : [])
    expect(decision.againAtMs).toBe(detach ? undefined : sinceMs + 360_000)
  })
})

it('is never attached to two nodes unless it may be', () => {
  const nodes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
  fc.assert(
    fc.property(nodes, nodes, fc.boolean(), (wanted, attached, inUse) => {
      const before = attached.slice(0, 1).map((name) => on(name))
      const { attach, detach } = decide(wanted, before, { node: { inUse } })
      expect(before.length + attach.length).toBeLessThanOrEqual(1)
      expect(detach.every((name) => !(wanted as string[]).includes(name))).toBe(true)
    }),
  )
})
