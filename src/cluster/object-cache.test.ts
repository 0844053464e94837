import { describe, expect, it } from 'vitest'
import { type LogLine, recordingLog, type StoredFacts, storedFacts } from '../../test/loopback/watched-collection.ts'
import { type CacheChange, ObjectCache, objectKey } from './object-cache.ts'

const raw = (name: string, resourceVersion: number, value = 'x', labels: Record<string, string> = {}) => ({
  metadata: { name, resourceVersion: String(resourceVersion), labels },
  spec: { value },
})
const facts = (...args: Parameters<typeof raw>): StoredFacts => storedFacts(raw(...args))
const listOf = (...objects: StoredFacts[]) => new Map(objects.map((object) => [objectKey(object), object]))

function filledCache(...objects: StoredFacts[]) {
  const log: LogLine[] = []
  const cache = new ObjectCache<StoredFacts>({ trim: storedFacts, log: recordingLog(log) })
  cache.listBegins()
  cache.replaceAll(listOf(...objects), '100')
  const changes: string[] = []
  const tell = ({ kind, object, previous }: CacheChange<StoredFacts>) =>
    changes.push(`${kind} ${object.name} ${previous?.value ?? '-'}>${kind === 'Deleted' ? '-' : object.value}`)
  cache.onChange(tell)
  return { cache, changes, log }
}

describe('an object', () => {
  it.each([
    { object: { name: 'a', namespace: 'ns' }, key: 'ns/a' },
    { object: { name: 'a' }, key: 'a' },
  ])('is found by $key', ({ object, key }) => {
    expect(objectKey(object)).toBe(key)
  })

  it('that is added, changed and deleted is told of with what it was before', () => {
    const { cache, changes } = filledCache()
    cache.applyWatched(facts('a', 101, '1'))
    cache.applyWatched(facts('a', 102, '2'))
    cache.deleteWatched('a', '103')
    expect(changes).toEqual(['Added a ->1', 'Changed a 1>2', 'Deleted a 2>-'])
    expect(cache.size).toBe(0)
  })

  it('defect 40: whose facts are the same is not told of, but its version is taken over', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1', { zone: 'z' }))
    cache.applyWatched(facts('a', 101, '1', { zone: 'z' }))
    expect(changes).toEqual([])
    expect(cache.get('a')?.resourceVersion).toBe('101')
    cache.applyWatched(facts('a', 102, '1', { zone: 'y' }))
    expect(changes).toHaveLength(1)
  })

  it('that cannot be read stays what it was', () => {
    const { cache, log } = filledCache(facts('a', 50, '1'))
    expect(cache.trimmed({ metadata: { name: 'a' } })).toEqual(facts('a', 50, '1'))
    expect(log).toMatchObject([{ level: 'error', fields: { key: 'a' } }])
  })
})

describe('a list', () => {
  it('takes away what it does not have, adds and changes the rest', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1'), facts('b', 51, '1'), facts('c', 52, '1'))
    cache.listBegins()
    cache.replaceAll(listOf(facts('b', 151, '2'), facts('c', 52, '1'), facts('d', 152, '1')), '200')
    expect(changes).toEqual(['Deleted a 1>-', 'Changed b 1>2', 'Added d ->1'])
  })

  it('is believed where its versions are older than those of the cache: a restore from a backup', () => {
    const { cache } = filledCache(facts('a', 50, 'new'))
    cache.listBegins()
    cache.replaceAll(listOf(facts('a', 7, 'old')), '9')
    expect(cache.get('a')).toEqual(facts('a', 7, 'old'))
    cache.observe(raw('a', 12, 'written'))
    expect(cache.get('a')?.value).toBe('written')
  })

  it('does not undo an own write that was answered while the list was read', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1'))
    cache.listBegins()
    cache.observe(raw('a', 210, 'written'))
    cache.observe(raw('b', 211, 'created'))
    cache.replaceAll(listOf(facts('a', 50, '1')), '200')
    expect(changes).toEqual(['Changed a 1>written', 'Added b ->created'])
  })

  it('does not hold on to own writes from before a restore from a backup', () => {
    const { cache } = filledCache(facts('a', 50, '1'))
    cache.observe(raw('a', 210, 'written'))
    cache.observe(raw('b', 211, 'created'))
    cache.listBegins()
    cache.replaceAll(listOf(facts('a', 7, 'restored')), '9')
    expect([...cache.values()]).toEqual([facts('a', 7, 'restored')])
  })

  it('takes away what an earlier own write has created and somebody has deleted since', () => {
    const { cache } = filledCache()
    cache.observe(raw('b', 211, 'created'))
    cache.listBegins()
    cache.replaceAll(listOf(), '300')
    expect(cache.size).toBe(0)
  })
})

describe('the answer to an own write', () => {
  it('is seen at once, and its echo from the watch is not told again', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1'))
    cache.observe(raw('a', 110, '2'))
    cache.applyWatched(facts('a', 110, '2'))
    expect(changes).toEqual(['Changed a 1>2'])
  })

  it('is not undone by what the watch tells of the time before', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1'))
    cache.observe(raw('a', 110, 'mine'))
    cache.applyWatched(facts('a', 105, 'before'))
    cache.deleteWatched('a', '106')
    expect(cache.get('a')?.value).toBe('mine')
    cache.applyWatched(facts('a', 120, 'after'))
    expect(changes).toEqual(['Changed a 1>mine', 'Changed a mine>after'])
  })

  it('does not bring back what the watch has deleted since', () => {
    const { cache } = filledCache(facts('a', 50, '1'))
    cache.deleteWatched('a', '120')
    cache.toldUpTo('120')
    cache.observe(raw('a', 110, 'late'))
    expect(cache.size).toBe(0)
  })

  it('is left aside when it is older than what is known; numbers are compared, not texts', () => {
    const { cache } = filledCache(facts('a', 1000, '1'))
    cache.observe(raw('a', 999, 'older'))
    expect(cache.get('a')?.value).toBe('1')
    cache.observe(raw('a', 10_000, 'newer'))
    expect(cache.get('a')?.value).toBe('newer')
  })

  it('to a deletion takes the object away', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1'))
    cache.forget('a')
    cache.deleteWatched('a', '120')
    expect(changes).toEqual(['Deleted a 1>-'])
  })
})

describe('an object that an own deletion has taken away', () => {
  it('is not brought back by what the watch tells of the time before', () => {
    const { cache, changes } = filledCache()
    cache.observe(raw('a', 110, 'created'))
    cache.forget('a')
    cache.applyWatched(facts('a', 105, 'earlier'))
    cache.applyWatched(facts('a', 110, 'created'))
    expect(changes).toEqual(['Added a ->created', 'Deleted a created>-'])
  })

  it('is not brought back by a page of a list that was read before', () => {
    const { cache, changes } = filledCache(facts('a', 50, '1'))
    cache.listBegins()
    cache.forget('a')
    cache.replaceAll(listOf(facts('a', 50, '1')), '200')
    expect(changes).toEqual(['Deleted a 1>-'])
  })

  it('may be made anew under the same name, by somebody else', () => {
    const { cache } = filledCache(facts('a', 50, '1'))
    cache.forget('a')
    cache.deleteWatched('a', '120')
    cache.applyWatched(facts('a', 130, 'new'))
    expect(cache.get('a')?.value).toBe('new')
  })

  it('may be made anew under the same name by an own write, which its own deletion does not take back', () => {
    const { cache } = filledCache(facts('a', 50, '1'))
    cache.forget('a')
    cache.observe(raw('a', 130, 'new'))
    cache.deleteWatched('a', '120')
    expect(cache.get('a')?.value).toBe('new')
  })

  it('is believed to be there still when a list says so that began later: a finalizer may hold it', () => {
    const { cache } = filledCache(facts('a', 50, '1'))
    cache.forget('a')
    cache.listBegins()
    cache.replaceAll(listOf(facts('a', 50, '1')), '200')
    expect(cache.size).toBe(1)
  })

  it('is believed to be there after a restore from a backup, in which versions are older', () => {
    const { cache } = filledCache(facts('a', 50, '1'))
    cache.observe(raw('a', 210, 'written'))
    cache.forget('a')
    cache.toldUpTo('300')
    cache.applyWatched(facts('a', 55, 'restored'))
    expect(cache.size).toBe(1)
  })
})

describe('an index', () => {
  it('finds objects by each of their values, through changes and deletions', () => {
    const { cache } = filledCache(facts('a', 50, 'x y'), facts('b', 51, 'y'))
    cache.index('word', ({ value }) => value.split(' '))
    const found = (word: string) => cache.byIndex('word', word).map(({ name }) => name)
    expect([found('x'), found('y'), found('z')]).toEqual([['a'], ['a', 'b'], []])
    cache.applyWatched(facts('a', 101, 'y z'))
    cache.applyWatched(facts('c', 102, 'z'))
    expect([found('x'), found('y'), found('z')]).toEqual([[], ['a', 'b'], ['a', 'c']])
    cache.deleteWatched('a', '103')
    expect([found('y'), found('z')]).toEqual([['b'], ['c']])
  })

  it('gives the object with its last version, also after a heartbeat', () => {
    const { cache } = filledCache(facts('a', 50, 'x'))
    cache.index('value', ({ value }) => value)
    cache.applyWatched(facts('a', 101, 'x'))
    expect(cache.byIndex('value', 'x')).toEqual([facts('a', 101, 'x')])
  })

  it('has one name, and is not made up', () => {
    const { cache } = filledCache()
    cache.index('value', ({ value }) => value)
    expect(() => cache.index('value', () => undefined)).toThrow('exists already')
    expect(() => cache.byIndex('colour', 'red')).toThrow('no index colour')
  })
})

describe('handlers', () => {
  it('all hear the changes in the same order, also when one of them makes another change', () => {
    const { cache, changes } = filledCache()
    const second: string[] = []
    cache.onChange(({ kind, object }) => {
      if (object.name === 'a') cache.applyWatched(facts('made-by-handler', 102))
      second.push(`${kind} ${object.name}`)
    })
    const third: string[] = []
    cache.onChange(({ kind, object }) => third.push(`${kind} ${object.name}`))
    cache.applyWatched(facts('a', 101))
    expect(third).toEqual(['Added a', 'Added made-by-handler'])
    expect(second).toEqual(third)
    expect(changes).toHaveLength(2)
  })

  it('hear nothing after they were taken back', () => {
    const { cache } = filledCache()
    const heard: string[] = []
    const stop = cache.onChange(({ object }) => heard.push(object.name))
    cache.applyWatched(facts('a', 101))
    stop()
    cache.applyWatched(facts('b', 102))
    expect(heard).toEqual(['a'])
  })

  it('that throw keep nobody else from hearing, and are logged', () => {
    const { cache, log } = filledCache()
    cache.onChange(() => {
      throw new Error('broken')
    })
    const heard: string[] = []
    cache.onChange(({ object }) => heard.push(object.name))
    cache.applyWatched(facts('a', 101))
    cache.applyWatched(facts('b', 102))
    expect(heard).toEqual(['a', 'b'])
    expect(log).toMatchObject([{ message: 'change handler failed' }, { message: 'change handler failed' }])
  })
})
