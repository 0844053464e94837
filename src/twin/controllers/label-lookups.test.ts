import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LabelSelector, matchesSelector } from '../../core/kubernetes/label-selector.ts'
import { as, type KubeObject } from '../kube-object.ts'
import { ObjectStore } from '../store/object-store.ts'
import { LabelledObjects } from './labelled-objects.ts'
import { SelectingObjects } from './selecting-objects.ts'

const word = fc.constantFrom('a', 'b', 'cc')
const labels = fc.dictionary(word, word, { maxKeys: 3 })
const expression = fc.record({
  key: word,
  operator: fc.constantFrom('In' as const, 'NotIn' as const),
  values: fc.array(word, { minLength: 1, maxLength: 2 }),
})
const selector: fc.Arbitrary<LabelSelector> = fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) })
const namespace = fc.constantFrom('one', 'two')

function object(kind: string, name: string, more: { namespace: string; labels?: Record<string, string>; spec?: unknown }): KubeObject {
  const metadata = {
    name,
    namespace: more.namespace,
    uid: `${kind}-${name}`,
    resourceVersion: '',
    creationTimestamp: '',
    labels: more.labels ?? {},
  }
  return { apiVersion: 'v1', kind, metadata, spec: more.spec }
}

const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name).sort()

describe('lookups by label', () => {
  it('find the same objects as a look at each of them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(namespace, labels), { maxLength: 12 }), selector, namespace, (objects, by, where) => {
        const store = new ObjectStore()
        const lookup = new LabelledObjects(store, 'pods')
        for (const [i, [of, own]] of objects.entries()) store.put('pods', object('Pod', `p${i}`, { namespace: of, labels: own }))
        const expected = store.list('pods', where).filter(({ metadata }) => matchesSelector(by, metadata.labels ?? {}))
        expect(names(lookup.select(where, by))).toEqual(names(expected))
      }),
    )
  })

  it('find the same selectors as a look at each of them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(namespace, selector), { maxLength: 12 }), labels, namespace, (selectors, own, where) => {
        const store = new ObjectStore()
        const lookup = new SelectingObjects(store, 'services', (one) => as<{ spec: LabelSelector }>(one).spec)
        for (const [i, [of, spec]] of selectors.entries()) store.put('services', object('Service', `s${i}`, { namespace: of, spec }))
        const expected = store.list('services', where).filter((one) => matchesSelector(as<{ spec: LabelSelector }>(one).spec, own))
        expect(names(lookup.of(object('Pod', 'p', { namespace: where, labels: own })))).toEqual(names(expected))
      }),
    )
  })

  it('an absent selector finds nothing, an empty one everything in the namespace', () => {
    const store = new ObjectStore()
    const lookup = new LabelledObjects(store, 'pods')
    store.put('pods', object('Pod', 'p', { namespace: 'one' }))
    expect(lookup.select('one', undefined)).toEqual([])
    expect(names(lookup.select('one', {}))).toEqual(['p'])
    expect(lookup.select('two', {})).toEqual([])
  })
})
