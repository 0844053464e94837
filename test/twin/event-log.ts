import { createHash } from 'node:crypto'
import type { ObjectStore } from '../../src/twin/store/object-store.ts'

/** Everything that happens in a store, in order and with its time, as one digest. `now` is asked at each change. */
export function hashEvents(store: ObjectStore, now: () => number): { digest(): string; readonly count: number } {
  const hash = createHash('sha256')
  let count = 0
  store.subscribe(({ resource, kind, object }) => {
    count += 1
    hash.update(`${now()} ${kind} ${resource} ${JSON.stringify(object)}\n`)
  })
  return {
    digest: () => hash.copy().digest('hex'),
    get count() {
      return count
    },
  }
}
