import { describe, expect, it } from 'vitest'
import { type PodSketch, pod } from '../workload-objects.test-support.ts'
import { inDeletionOrder } from './pod-deletion-order.ts'

const nowMs = Date.parse('2026-11-21T12:00:00Z')
const ready = '2026-11-21T11:00:00Z'

const first = (a: PodSketch, b: PodSketch, minor = 20, colocated?: Record<string, number>) => {
  const context = {
    minor,
    nowMs,
    ...(colocated === undefined ? {} : { colocated: (of: { metadata: { name: string } }) => colocated[of.metadata.name] ?? 0 }),
  }
  const pods = [pod({ ...b, name: 'b' }), pod({ ...a, name: 'a' })]
  return inDeletionOrder(pods, context)[0]?.metadata.name
}

describe('of two pods the first to go', () => {
  it.each<{ why: string; a: PodSketch; b: PodSketch }>([
    { why: 'has no node', a: { node: undefined }, b: { node: 'n1', phase: 'Pending' } },
    { why: 'is pending', a: { node: 'n1', phase: 'Pending' }, b: { node: 'n1', phase: 'Unknown' } },
    { why: 'is unknown', a: { node: 'n1', phase: 'Unknown' }, b: { node: 'n1' } },
    { why: 'is not ready', a: { node: 'n1' }, b: { node: 'n1', readySince: ready } },
    { why: 'became ready later', a: { node: 'n1', readySince: '2026-11-21T11:30:00Z' }, b: { node: 'n1', readySince: ready } },
    { why: 'was restarted more often', a: { node: 'n1', readySince: ready, restarts: 3 }, b: { node: 'n1', readySince: ready } },
    { why: 'is younger', a: { node: 'n1', created: '2026-11-21T11:00:00Z' }, b: { node: 'n1' } },
  ])('$why', ({ a, b }) => {
    expect(first(a, b)).toBe('a')
  })

  it('is doubled up on a node, before how long it has been ready', () => {
    const younger = { node: 'n1', readySince: '2026-11-21T11:30:00Z' }
    expect(first({ node: 'n2', readySince: ready }, younger, 20, { a: 2, b: 1 })).toBe('a')
  })

  it.each([
    { minor: 21, goes: 'b' },
    { minor: 22, goes: 'a' },
  ])('in 1.$minor is $goes when a is cheaper by annotation and b younger', ({ minor, goes }) => {
    const cheap = { node: 'n1', readySince: ready, annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } }
    expect(first(cheap, { node: 'n1', readySince: '2026-11-21T11:59:00Z' }, minor)).toBe(goes)
  })

  it('from 1.22 is not the one that is younger by little', () => {
    const [older, younger] = [
      { node: 'n1', readySince: '2026-11-21T10:00:00Z' },
      { node: 'n1', readySince: '2026-11-21T10:00:01Z' },
    ]
    expect(first(younger, older, 20)).toBe('a')
    // same magnitude of age: then the UID decides, and that of a comes first
    expect(first(older, younger, 22)).toBe('a')
  })
})
