import { describe, expect, it } from 'vitest'
import { waitsFor } from './prepare-container.ts'

const server = (kubeletVersion: string) => ({ metadata: { name: 's' }, status: { nodeInfo: { kubeletVersion } } })
const plan = (applying: string[] = []) => ({ metadata: { name: 'server' }, status: { applying } })

describe('prepare', () => {
  it.each([
    { what: 'the plan', facts: { plan: undefined, servers: [] }, reason: 'plan server is not there' },
    { what: 'its nodes', facts: { plan: plan(['m1', 'm2']), servers: [] }, reason: 'plan server is at work on m1 m2' },
    {
      what: 'every server',
      facts: { plan: plan(), servers: [server('v1.21.1+k3s1'), server('v1.20.2+k3s1')] },
      reason: 'the control plane runs v1.20.2-k3s1, v1.21.1-k3s1, not v1.21.1-k3s1 yet',
    },
    { what: 'nothing', facts: { plan: plan(), servers: [server('v1.21.1+k3s1'), server('v1.21.1+k3s1')] }, reason: undefined },
  ])('waits for $what', ({ facts, reason }) => {
    expect(waitsFor(facts, 'server', 'v1.21.1-k3s1')).toBe(reason)
  })
})
