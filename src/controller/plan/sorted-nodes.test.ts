import { describe, expect, it } from 'vitest'
import { silentLog } from '../../cluster/log.ts'
import { ObjectCache } from '../../cluster/object-cache.ts'
import { type NodeFacts, nodeFacts } from '../../core/kubernetes/node-facts.ts'
import { SortedNodes } from './sorted-nodes.ts'

function cacheOf(...names: string[]) {
  const cache = new ObjectCache<NodeFacts>({ trim: nodeFacts, log: silentLog })
  let version = 0
  const put = (name: string, unschedulable = false) => {
    version += 1
    cache.observe({ metadata: { name, resourceVersion: String(version) }, spec: { unschedulable } })
  }
  for (const name of names) put(name)
  return { cache, put }
}

const names = (sorted: SortedNodes) => sorted.get().map((n) => n.name)

describe('nodes in order', () => {
  it('is ordered by name, whatever came first', () => {
    const { cache, put } = cacheOf('b', 'c')
    const sorted = new SortedNodes(cache)
    expect(names(sorted)).toEqual(['b', 'c'])
    put('a')
    expect(names(sorted)).toEqual(['a', 'b', 'c'])
    cache.forget('b')
    expect(names(sorted)).toEqual(['a', 'c'])
  })

  it('a node that changes keeps its place, and what was seen before stays as it was', () => {
    const { cache, put } = cacheOf('a', 'b')
    const sorted = new SortedNodes(cache)
    const before = sorted.get()
    put('b', true)
    expect(sorted.get().map((n) => n.unschedulable)).toEqual([false, true])
    expect(before.map((n) => n.unschedulable)).toEqual([false, false])
  })

  it('is the same array while nothing changes', () => {
    const sorted = new SortedNodes(cacheOf('a').cache)
    expect(sorted.get()).toBe(sorted.get())
  })
})
