import { expect, it } from 'vitest'
import { unresolvable } from './rejection.ts'
import { unschedulableMessage } from './unschedulable-message.ts'

it.each([
  { minor: 20, says: '0/1 nodes are available: 1 node(s) were unschedulable.' },
  { minor: 23, says: '0/1 nodes are available: 1 node(s) were unschedulable.' },
  { minor: 24, says: '0/1 nodes are available: 1 node(s) were unschedulable. preemption: not eligible.' },
  { minor: 26, says: '0/1 nodes are available: 1 node(s) were unschedulable. preemption: not eligible..' },
  { minor: 31, says: '0/1 nodes are available: 1 node(s) were unschedulable. preemption: not eligible.' },
  { minor: 36, says: '0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate, preemption: not eligible.' },
])('1.$minor says what preemption found as it always did', ({ minor, says }) => {
  const rejections = new Map([['n1', unresolvable('NodeUnschedulable', 'node(s) were unschedulable')]])
  const verdict = { kind: 'Unschedulable', rejections, nextStartIndex: 0 } as const
  expect(unschedulableMessage(verdict, { nodeCount: 1, minor, preemption: 'not eligible.' })).toBe(says)
})
