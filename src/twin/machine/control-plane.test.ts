import { describe, expect, it } from 'vitest'
import { ControlPlane } from './control-plane.ts'
import { apiAvailability, type ControlPlaneMember, quorumOf } from './etcd-quorum.ts'

const member = (node: string, rest: Partial<ControlPlaneMember> = {}): ControlPlaneMember => ({
  node,
  version: 'v1.20.2',
  serving: true,
  etcd: 'Up',
  ...rest,
})

describe('the availability of the API', () => {
  it.each([
    { members: 1, quorum: 1 },
    { members: 2, quorum: 2 },
    { members: 3, quorum: 2 },
    { members: 4, quorum: 3 },
    { members: 5, quorum: 3 },
  ])('needs $quorum of $members members of etcd', ({ members, quorum }) => {
    expect(quorumOf(members)).toBe(quorum)
  })

  it.each([
    { what: 'one of three down', members: [member('a'), member('b'), member('c', { serving: false, etcd: 'Down' })], kind: 'Available' },
    {
      what: 'two of three etcd members down',
      members: [member('a'), member('b', { etcd: 'Down' }), member('c', { etcd: 'Down' })],
      kind: 'NoQuorum',
    },
    { what: 'no API server up', members: [member('a', { serving: false })], kind: 'NoServer' },
    {
      what: 'a database of its own',
      members: [member('a', { etcd: 'None' }), member('b', { etcd: 'None', serving: false })],
      kind: 'Available',
    },
    { what: 'no members known', members: [], kind: 'Available' },
  ])('is $kind with $what', ({ members, kind }) => {
    expect(apiAvailability(members).kind).toBe(kind)
  })

  it('is told when it changes, and not before', () => {
    const plane = new ControlPlane()
    const told: string[] = []
    plane.subscribe({ availabilityChanged: ({ kind }) => told.push(kind) })
    for (const node of ['a', 'b', 'c']) plane.add(member(node))
    plane.setUp('a', false)
    plane.setUp('b', false)
    plane.setUp('a', true)
    expect(told).toEqual(['NoQuorum', 'Available'])
  })
})

describe('the version of a control plane', () => {
  it('is that of its oldest server', () => {
    const plane = new ControlPlane()
    const told: string[] = []
    plane.subscribe({ upgraded: ({ node, version, lowest }) => told.push(`${node} ${version} ${lowest}`) })
    for (const node of ['a', 'b']) plane.add(member(node))
    plane.change('a', { version: 'v1.21.1' })
    plane.change('b', { version: 'v1.21.1' })
    expect(told).toEqual(['a v1.21.1 v1.20.2', 'b v1.21.1 v1.21.1'])
  })
})
