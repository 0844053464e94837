import { describe, expect, it } from 'vitest'
import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import type { KubeObject } from '../../kube-object.ts'
import { decideCollection, type OwnerState } from './decide-collection.ts'

function object(more: Partial<KubeObject['metadata']> = {}): KubeObject {
  const metadata = { name: 'o', namespace: 'default', uid: 'o', resourceVersion: '1', creationTimestamp: '2026-01-05T10:00:00Z', ...more }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata }
}

function owner(uid: string): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid }
}

const looks = (states: readonly OwnerState[]) => states.map((state, i) => ({ reference: owner(`owner-${i}`), state }))
const ending = { deletionTimestamp: '2026-01-05T10:00:00Z' }
const dependent = object({ uid: 'd', ownerReferences: [owner('o')] })
const blocking = object({ uid: 'b', ownerReferences: [{ ...owner('o'), blockOwnerDeletion: true }] })

describe('an object with owners', () => {
  it.each<{ states: OwnerState[]; expected: unknown }>([
    { states: [], expected: { kind: 'Keep' } },
    { states: ['Solid'], expected: { kind: 'Keep' } },
    { states: ['Solid', 'Dangling'], expected: { kind: 'DropOwners', uids: ['owner-1'] } },
    { states: ['Waiting', 'Solid'], expected: { kind: 'DropOwners', uids: ['owner-0'] } },
    { states: ['Dangling'], expected: { kind: 'Delete', policy: 'Background', unblock: false } },
    { states: ['Dangling', 'Dangling'], expected: { kind: 'Delete', policy: 'Background', unblock: false } },
    { states: ['Waiting'], expected: { kind: 'Delete', policy: 'Background', unblock: false } },
    { states: ['Dangling', 'Unknown'], expected: { kind: 'Keep' } },
  ])('owners $states: $expected.kind', ({ states, expected }) => {
    expect(decideCollection(object(), looks(states), [])).toEqual(expected)
  })

  it('is deleted in the foreground when its owner is and it has dependents itself', () => {
    expect(decideCollection(object(), looks(['Waiting']), [dependent])).toEqual({ kind: 'Delete', policy: 'Foreground', unblock: false })
  })

  it('no longer holds up its owners where a circle may wait for itself', () => {
    const inForeground = object({ uid: 'd', ...ending, finalizers: ['foregroundDeletion'] })
    expect(decideCollection(object(), looks(['Waiting']), [inForeground])).toMatchObject({ unblock: true })
  })

  it.each([
    { finalizer: 'orphan', policy: 'Orphan' },
    { finalizer: 'foregroundDeletion', policy: 'Foreground' },
  ])('is deleted as its finalizer $finalizer asks', ({ finalizer, policy }) => {
    expect(decideCollection(object({ finalizers: [finalizer] }), looks(['Dangling']), [])).toMatchObject({ kind: 'Delete', policy })
  })
})

describe('an object that is being deleted', () => {
  it.each([
    { finalizers: ['foregroundDeletion'], dependents: [], kind: 'RemoveFinalizer' },
    { finalizers: ['foregroundDeletion'], dependents: [dependent], kind: 'RemoveFinalizer' },
    { finalizers: ['foregroundDeletion'], dependents: [dependent, blocking], kind: 'Keep' },
    { finalizers: ['orphan'], dependents: [dependent, blocking], kind: 'Orphan' },
    { finalizers: ['example.com/own'], dependents: [], kind: 'Keep' },
  ])('with $finalizers and $dependents.length dependents: $kind', ({ finalizers, dependents, kind }) => {
    expect(decideCollection(object({ ...ending, finalizers }), [], dependents).kind).toBe(kind)
  })
})
