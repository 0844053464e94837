import { describe, expect, it } from 'vitest'
import { parseUpgrade } from '../api/cluster-upgrade.ts'
import { otherUpgrade } from './other-upgrade.ts'

const metadata = { name: 'to-1-34', uid: 'u1', generation: 2, creationTimestamp: '2026-11-23T10:00:00Z' }
const of = (object: object) => otherUpgrade(parseUpgrade({ metadata, ...object }))
const spec = { version: 'v1.34.2+k3s1' }

describe('another ClusterUpgrade', () => {
  it('is known by its name, UID and age', () => {
    expect(of({ spec })).toEqual({ name: 'to-1-34', uid: 'u1', createdAtMs: Date.UTC(2026, 10, 23, 10), active: true })
  })

  it.each([
    { what: 'nobody has looked at yet', object: { spec }, active: true },
    { what: 'upgrades', object: { spec, status: { phase: 'Nodes', observedGeneration: 2 } }, active: true },
    { what: 'is paused', object: { spec: { ...spec, action: 'Pause' }, status: { phase: 'Paused', observedGeneration: 2 } }, active: true },
    { what: 'is refused', object: { spec, status: { phase: 'Refused', observedGeneration: 2 } }, active: false },
    { what: 'was refused, and was changed since', object: { spec, status: { phase: 'Refused', observedGeneration: 1 } }, active: true },
    { what: 'has ended', object: { spec, status: { phase: 'Complete', observedGeneration: 2 } }, active: false },
    { what: 'has a spec that cannot be read', object: { spec: {}, status: { phase: 'Nodes' } }, active: false },
  ])('that $what counts as active: $active', ({ object, active }) => {
    expect(of(object).active).toBe(active)
  })
})
