import { describe, expect, it } from 'vitest'
import type { KubeObject, ObjectMeta } from '../kube-object.ts'
import {
  type DeleteOptions,
  type Deletion,
  type DeletionRules,
  decideDeletion,
  decideNamespaceDeletion,
  goesWithUpdate,
} from './decide-deletion.ts'
import type { ResourceType } from './resource-type.ts'

const nowMs = Date.parse('2026-11-21T10:00:00Z')
const [now, in10s, in30s] = ['2026-11-21T10:00:00Z', '2026-11-21T10:00:10Z', '2026-11-21T10:00:30Z']

function resource(group: string, plural: string, kind: string): ResourceType {
  const names = { group, plural, kind, singular: kind.toLowerCase(), shortNames: [], categories: [], subresources: [] }
  return { ...names, namespaced: true, versions: [{ version: 'v1', fromMinor: 0 }] }
}

const pods = resource('', 'pods', 'Pod')
const graceful = { graceSeconds: (_: KubeObject, asked: number | undefined) => asked ?? 30 }

function object(metadata: Partial<ObjectMeta> = {}, more: object = {}): KubeObject {
  const own = { name: 'a', namespace: 'default', uid: 'uid-1', resourceVersion: '7', creationTimestamp: '2026-11-21T09:00:00Z' }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...own, ...metadata }, ...more }
}

function rules(more: Partial<DeletionRules> = {}): DeletionRules {
  return { type: pods, version: 'v1', strategy: {}, nowMs, minor: 33, ...more }
}

/** What becomes of it in short: when it is over, in how many seconds, what holds it. */
function told(deletion: Deletion) {
  if (deletion.kind === 'Pending' || deletion.kind === 'Remove') return [deletion.kind]
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = deletion.next.metadata
  return [deletion.kind, deletionTimestamp, deletionGracePeriodSeconds, ...finalizers]
}

describe('a kind without a grace', () => {
  it.each([
    { title: 'goes at once', metadata: {}, expected: ['Remove'] },
    { title: 'stays for its finalizers', metadata: { finalizers: ['x/y'] }, expected: ['Mark', now, 0, 'x/y'] },
    {
      title: 'keeps the time of an earlier deletion',
      metadata: { finalizers: ['x/y'], deletionTimestamp: '2026-11-21T09:30:00Z', deletionGracePeriodSeconds: 0 },
      expected: ['Mark', '2026-11-21T09:30:00Z', 0, 'x/y'],
    },
  ])('$title', ({ metadata, expected }) => expect(told(decideDeletion(object(metadata), {}, rules()))).toEqual(expected))
})

describe('a kind with a grace', () => {
  const held = { deletionTimestamp: in30s, deletionGracePeriodSeconds: 30 }
  it.each<{ title: string; metadata?: Partial<ObjectMeta>; options?: DeleteOptions; minor?: number; expected: unknown[] }>([
    { title: 'has its own', expected: ['Mark', in30s, 30] },
    { title: 'has what is asked for', options: { gracePeriodSeconds: 10 }, expected: ['Mark', in10s, 10] },
    { title: 'goes when none is asked for', options: { gracePeriodSeconds: 0 }, expected: ['MarkAndRemove', now, 0] },
    {
      title: 'stays for its finalizers all the same',
      metadata: { finalizers: ['x/y'] },
      options: { gracePeriodSeconds: 0 },
      expected: ['Mark', now, 0, 'x/y'],
    },
    {
      title: 'has one second instead of less than none',
      options: { gracePeriodSeconds: -5 },
      minor: 22,
      expected: ['Mark', '2026-11-21T10:00:01Z', 1],
    },
    {
      title: 'is over at once below none before 1.22',
      options: { gracePeriodSeconds: -5 },
      minor: 21,
      expected: ['MarkAndRemove', '2026-11-21T09:59:55Z', -5],
    },
    { title: 'is not deleted twice', metadata: held, expected: ['Pending'] },
    { title: 'is not given more time', metadata: held, options: { gracePeriodSeconds: 60 }, expected: ['Pending'] },
    { title: 'is not given the same time anew', metadata: held, options: { gracePeriodSeconds: 30 }, expected: ['Pending'] },
    { title: 'can be given less time', metadata: held, options: { gracePeriodSeconds: 10 }, expected: ['Mark', in10s, 10] },
    { title: 'can be ended', metadata: held, options: { gracePeriodSeconds: 0 }, expected: ['MarkAndRemove', now, 0] },
    {
      title: 'goes when its time is over',
      metadata: { deletionTimestamp: '2026-11-21T09:59:00Z', deletionGracePeriodSeconds: 0 },
      expected: ['Remove'],
    },
  ])('$title', ({ metadata, options = {}, minor = 33, expected }) => {
    expect(told(decideDeletion(object(metadata), options, rules({ strategy: graceful, minor })))).toEqual(expected)
  })

  it.each([
    { generation: 3, strategy: graceful, next: 4 },
    { generation: undefined, strategy: graceful, next: undefined },
    { generation: 3, strategy: {}, next: 4 },
  ])('counts as a change of what is wanted: $generation, $next', ({ generation, strategy, next }) => {
    const metadata = { finalizers: ['x/y'], ...(generation === undefined ? {} : { generation }) }
    const deletion = decideDeletion(object(metadata), {}, rules({ strategy }))
    expect(deletion.kind === 'Mark' && deletion.next.metadata.generation).toBe(next)
  })
})

describe('dependents', () => {
  it.each<{ title: string; of?: ResourceType; version?: string; options?: DeleteOptions; finalizers?: string[]; expected: unknown[] }>([
    { title: 'are collected later unless told', expected: ['Remove'] },
    { title: 'go first', options: { propagationPolicy: 'Foreground' }, expected: ['Mark', now, 0, 'foregroundDeletion'] },
    { title: 'stay', options: { propagationPolicy: 'Orphan' }, expected: ['Mark', now, 0, 'orphan'] },
    { title: 'stay, in old words', options: { orphanDependents: true }, expected: ['Mark', now, 0, 'orphan'] },
    {
      title: 'do not stay, in old words',
      of: resource('batch', 'jobs', 'Job'),
      options: { orphanDependents: false },
      expected: ['Remove'],
    },
    { title: 'as an earlier deletion has said', finalizers: ['orphan'], expected: ['Mark', now, 0, 'orphan'] },
    { title: 'as the last deletion says', finalizers: ['orphan'], options: { propagationPolicy: 'Background' }, expected: ['Remove'] },
    {
      title: 'one way only',
      finalizers: ['foregroundDeletion', 'x/y'],
      options: { propagationPolicy: 'Orphan' },
      expected: ['Mark', now, 0, 'x/y', 'orphan'],
    },
    { title: 'of a Job stay', of: resource('batch', 'jobs', 'Job'), expected: ['Mark', now, 0, 'orphan'] },
    {
      title: 'of a Deployment of old stay',
      of: resource('apps', 'deployments', 'Deployment'),
      version: 'v1beta1',
      expected: ['Mark', now, 0, 'orphan'],
    },
    { title: 'of a Deployment go', of: resource('apps', 'deployments', 'Deployment'), expected: ['Remove'] },
    { title: 'an Event has none', of: resource('', 'events', 'Event'), options: { propagationPolicy: 'Orphan' }, expected: ['Remove'] },
  ])('$title', ({ of = pods, version = 'v1', options = {}, finalizers, expected }) => {
    const metadata = finalizers === undefined ? {} : { finalizers }
    expect(told(decideDeletion(object(metadata), options, rules({ type: of, version })))).toEqual(expected)
  })
})

it.each([
  { preconditions: { uid: 'uid-1', resourceVersion: '7' }, says: undefined },
  { preconditions: { uid: 'uid-2' }, says: 'the UID in the precondition (uid-2) does not match the UID in record (uid-1)' },
  {
    preconditions: { resourceVersion: '6' },
    says: 'the ResourceVersion in the precondition (6) does not match the ResourceVersion in record (7)',
  },
])('is refused where $preconditions does not hold', ({ preconditions, says }) => {
  const decide = () => decideDeletion(object(), { preconditions }, rules())
  if (says === undefined) expect(decide()).toEqual({ kind: 'Remove' })
  else expect(decide).toThrow(says)
})

describe('a namespace', () => {
  const namespaces = rules({ type: resource('', 'namespaces', 'Namespace') })
  const spec = { finalizers: ['kubernetes'] }

  it('begins to end', () => {
    const deletion = decideNamespaceDeletion(object({}, { spec, status: { phase: 'Active' } }), {}, namespaces)
    expect(deletion).toMatchObject({ kind: 'Mark', next: { metadata: { deletionTimestamp: now }, status: { phase: 'Terminating' } } })
  })

  it.each([
    { finalizers: ['kubernetes'], expected: 'Pending' },
    { finalizers: [], expected: 'Remove' },
  ])('that ends, with the finalizers $finalizers: $expected', ({ finalizers, expected }) => {
    const ending = object({ deletionTimestamp: now }, { spec: { finalizers } })
    expect(decideNamespaceDeletion(ending, {}, namespaces).kind).toBe(expected)
  })

  it.each([
    { of: 'pods', metadata: {}, spec: {}, goes: false },
    { of: 'pods', metadata: { deletionTimestamp: now }, spec: {}, goes: true },
    { of: 'pods', metadata: { deletionTimestamp: now, finalizers: ['x/y'] }, spec: {}, goes: false },
    { of: 'pods', metadata: { deletionTimestamp: in30s, deletionGracePeriodSeconds: 30 }, spec: {}, goes: false },
    { of: 'namespaces', metadata: { deletionTimestamp: now }, spec, goes: false },
    { of: 'namespaces', metadata: { deletionTimestamp: now }, spec: { finalizers: [] }, goes: true },
  ])('and $of: with an update of $metadata and $spec it goes: $goes', ({ of, metadata, spec: next, goes }) => {
    const { finalizers: _, ...old } = metadata as Partial<ObjectMeta>
    const updated = object(metadata, { spec: next })
    expect(goesWithUpdate(updated, object({ ...old, finalizers: ['x/y'] }), resource('', of, 'X'))).toBe(goes)
  })
})
