import { describe, expect, it } from 'vitest'
import { contentConditions, type RemainingContent } from './content-conditions.ts'

const now = Date.parse('2026-01-05T10:00:00Z')
const nothing: RemainingContent = { resources: new Map(), finalizers: new Map(), failures: [] }

describe('conditions of a namespace that ends', () => {
  it('are five, all well, when nothing is left', () => {
    expect(contentConditions([], nothing, now).map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered'],
      ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions'],
      ['NamespaceDeletionContentFailure', 'False', 'ContentDeleted'],
      ['NamespaceContentRemaining', 'False', 'ContentRemoved'],
      ['NamespaceFinalizersRemaining', 'False', 'ContentHasNoFinalizers'],
    ])
  })

  it.each([
    {
      remaining: {
        ...nothing,
        resources: new Map([
          ['pods', 2],
          ['deployments.apps', 1],
        ]),
      },
      type: 'NamespaceContentRemaining',
      message: 'Some resources are remaining: deployments.apps has 1 resource instances, pods. has 2 resource instances',
    },
    {
      remaining: { ...nothing, finalizers: new Map([['example.com/hold', 3]]) },
      type: 'NamespaceFinalizersRemaining',
      message: 'Some content in the namespace has finalizers remaining: example.com/hold in 3 resource instances',
    },
    {
      remaining: { ...nothing, failures: ['b', 'a'] },
      type: 'NamespaceDeletionContentFailure',
      message: 'Failed to delete all resource types, 2 remaining: a, b',
    },
  ])('$type says what it is', ({ remaining, type, message }) => {
    expect(contentConditions([], remaining, now).find((one) => one.type === type)).toMatchObject({ status: 'True', message })
  })

  it('keep their time while their status stays, and are the same list when nothing is different', () => {
    const first = contentConditions([], { ...nothing, resources: new Map([['pods', 2]]) }, now)
    const second = contentConditions(first, { ...nothing, resources: new Map([['pods', 1]]) }, now + 5_000)
    expect(second.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(first.map(({ lastTransitionTime }) => lastTransitionTime))
    expect(contentConditions(second, { ...nothing, resources: new Map([['pods', 1]]) }, now + 9_000)).toBe(second)
    expect(contentConditions(second, nothing, now + 9_000)[3]).toMatchObject({
      status: 'False',
      lastTransitionTime: '2026-01-05T10:00:09Z',
    })
  })
})
