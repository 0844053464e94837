import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { Index } from './object-index.ts'
import { type Change, ObjectStore } from './object-store.ts'

function pod(name: string, labels: Readonly<Record<string, string>> = {}, namespace = 'default'): KubeObject {
  const metadata = { name, namespace, uid: `uid-${namespace}-${name}`, resourceVersion: '', creationTimestamp: '', labels }
  return { apiVersion: 'v1', kind: 'Pod', metadata }
}

const valuesOf = ({ metadata }: KubeObject) => Object.values(metadata.labels ?? {})
function expectWhatASearchFinds(index: Index, store: ObjectStore): void {
  const values = ['x', 'y', 'z']
  for (const value of values) {
    const found = store.list('pods').filter((object) => valuesOf(object).includes(value))
    expect(new Set(index.get(value))).toEqual(new Set(found))
    expect(index.count(value)).toBe(found.length)
  }
  expect([...index.keys()].sort()).toEqual(values.filter((value) => index.count(value) > 0))
}

const nameOf = ({ metadata }: KubeObject) => metadata.name

describe('an index', () => {
  it('has the newest version of an object whose keys stay the same', () => {
    const store = new ObjectStore()
    const index = store.index('pods', valuesOf)
    store.put('pods', pod('a', { app: 'web' }))
    const newest = store.put('pods', pod('a', { app: 'web' }))
    expect(index.get('web')).toEqual([newest])
    expect(index.get('web')[0]).toBe(newest)
  })

  it('keeps the order in which objects came, whatever is written of them later', () => {
    const store = new ObjectStore()
    const index = store.index('pods', valuesOf)
    for (const name of ['c', 'a', 'b', 'c']) store.put('pods', pod(name, { app: 'web' }))
    expect(index.get('web').map(nameOf)).toEqual(['c', 'a', 'b'])
  })

  it('is always what a search of the whole table would find, also when it is made late', () => {
    const label = fc.constantFrom('x', 'y', 'z')
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      namespace: fc.constantFrom('n', 'm'),
      labels: fc.option(fc.record({ one: label, two: label }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), (steps, lateAt) => {
        const store = new ObjectStore()
        const indexes = [store.index('pods', valuesOf)]
        for (const [at, { name, namespace, labels }] of steps.entries()) {
          if (at === lateAt) indexes.push(store.index('pods', valuesOf))
          if (labels === undefined) store.remove('pods', namespace, name)
          else store.put('pods', pod(name, labels, namespace))
          for (const index of indexes) expectWhatASearchFinds(index, store)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('listeners', () => {
  it('hear of the resources they asked for, the first who came first', () => {
    const store = new ObjectStore()
    const heard: string[] = []
    const listener = (name: string) => (change: Change) => heard.push(`${name} ${change.kind} ${change.resource}`)
    store.subscribe(listener('pods'), ['pods'])
    store.subscribe(listener('all'))
    store.subscribe(listener('nodes'), ['nodes'])
    store.put('pods', pod('a'))
    store.put('nodes', pod('n'))
    store.subscribe(listener('late'), ['pods', 'nodes'])
    store.remove('pods', 'default', 'a')
    expect(heard).toEqual(['pods Added pods', 'all Added pods', 'all Added nodes', 'nodes Added nodes'].concat(removed))
  })

  const removed = ['pods Deleted pods', 'all Deleted pods', 'late Deleted pods']

  it('hear nothing any more when one before them has sent them away', () => {
    const store = new ObjectStore()
    const heard: string[] = []
    let end = () => {}
    store.subscribe(() => end(), ['pods'])
    end = store.subscribe(() => heard.push('second'), ['pods'])
    store.put('pods', pod('a'))
    store.put('pods', pod('b'))
    expect(heard).toEqual([])
  })

  it('that come while a change is told hear of the next', () => {
    const store = new ObjectStore()
    const heard: string[] = []
    let joined = false
    store.subscribe(() => {
      if (!joined) store.subscribe(({ object }) => heard.push(object.metadata.name), ['pods'])
      joined = true
    })
    store.put('pods', pod('a'))
    store.put('pods', pod('b'))
    expect(heard).toEqual(['b'])
  })
})
