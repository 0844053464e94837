import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttachedNode, type Attachment, decideAttachments } from './decide-attachments.ts'

const healthy: AttachedNode = { ready: true, outOfService: false, inUse: false }
const now = 1_000_000
const on = (nodeName: string, ending = false): Attachment => ({ nodeName, attached: true, ending })

function decide(
  wantedOn: string[],
  attachments: Attachment[],
  more: { multiAttach?: boolean; node?: Partial<AttachedNode>; sinceMs?: number; old?: boolean } = {},
) {
  return decideAttachments({
    wantedOn,
    attachments,
    multiAttach: more.multiAttach ?? false,
    nodeOf: () => ({ ...healthy, ...more.node }),
    unwantedSinceMs: () => more.sinceMs ?? now,
    forcesReadyNodes: more.old ?? false,
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
  const [soon, late] = [now - 359_000, now - 360_000]
  const silent = { ready: false, inUse: true }

  it.each([
    { name: 'goes at once from a healthy node', node: {}, sinceMs: now, detach: true },
    { name: 'stays with a healthy node for as long as that uses it', node: { inUse: true }, sinceMs: late, detach: false },
    {
      name: 'stays there for six minutes, before 1.26',
      node: { inUse: true },
      sinceMs: soon,
      old: true,
      detach: false,
      againAtMs: soon + 360_000,
    },
    { name: 'goes from there after that, before 1.26', node: { inUse: true }, sinceMs: late, old: true, detach: true },
    {
      name: 'stays with a node that does not answer for six minutes',
      node: silent,
      sinceMs: soon,
      detach: false,
      againAtMs: soon + 360_000,
    },
    { name: 'goes from there after that', node: silent, sinceMs: late, detach: true },
    { name: 'goes at once from a node that had let go of it before it fell silent', node: { ready: false }, sinceMs: now, detach: true },
    { name: 'goes from a node that is out of service', node: { ...silent, outOfService: true }, sinceMs: now, detach: true },
  ])('$name', ({ node, sinceMs, old = false, detach, againAtMs }) => {
    const decision = decide([], [on('a')], { node, sinceMs, old })
    expect(decision.detach).toEqual(detach ? ['a'] : [])
    expect(decision.againAtMs).toBe(againAtMs)
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
