import { describe, expect, it } from 'vitest'
import { ObjectStore } from '../store/object-store.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { newUid } from './object-name.ts'
import { UidSource } from './uid-source.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('new UIDs', () => {
  it('are those of the seed as long as nobody else has them', () => {
    const source = new UidSource(seededRandom(1), new ObjectStore())
    expect(source.next()).toBe(newUid(seededRandom(1)))
  })

  it('pass by what the store held before, and what came from elsewhere since', () => {
    const random = seededRandom(1)
    const [held, taken] = [newUid(random), newUid(random)]
    const store = new ObjectStore()
    store.put('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', uid: held, resourceVersion: '', creationTimestamp: '' },
    })
    const source = new UidSource(seededRandom(1), store)
    source.take(taken)
    const made = [source.next(), source.next()]
    expect(made).not.toContain(held)
    expect(made).not.toContain(taken)
    for (const uid of made) expect(uid).toMatch(uuid)
  })

  it.each([0, 0.999_999_999_9])('are found also when chance stands still at %d', (chance) => {
    const source = new UidSource(() => chance, new ObjectStore())
    const first = source.next()
    source.take(first)
    const second = source.next()
    source.take(second)
    expect(new Set([first, second, source.next()]).size).toBe(3)
    expect(second).toMatch(uuid)
  })
})
