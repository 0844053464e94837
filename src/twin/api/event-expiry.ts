import type { Clock } from '../../cluster/clock.ts'
import type { KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** How long an event is kept after its last write. Source: kube-apiserver, --event-ttl. */
const keptMs = 3_600_000

/** Lets go of events that nobody has written for an hour, as the leases of etcd do: without admission, seen by watches. The returned function ends that. */
export function expireEvents(store: ObjectStore, clock: Clock): () => void {
  /** By the time of the last write, the oldest first. */
  const due = new Map<string, { readonly object: KubeObject; readonly atMs: number }>()
  let cancel: (() => void) | undefined
  const sweep = (): void => {
    cancel = undefined
    for (const [uid, { object, atMs }] of due) {
      if (atMs > clock.now()) break
      due.delete(uid)
      const { namespace, name } = object.metadata
      // A namesake that came later has its own time.
      if (store.get('events', namespace, name)?.metadata.uid === uid) store.remove('events', namespace, name)
    }
    wait()
  }
  const wait = (): void => {
    if (cancel !== undefined) return
    const [first] = due.values()
    if (first === undefined) return
    cancel = clock.after(Math.max(first.atMs - clock.now(), 0), sweep)
  }
  const keep = (object: KubeObject): void => {
    due.set(object.metadata.uid, { object, atMs: clock.now() + keptMs })
    wait()
  }
  for (const object of store.list('events')) keep(object)
  const unsubscribe = store.subscribe(
    ({ kind, object }) => {
      due.delete(object.metadata.uid)
      if (kind !== 'Deleted') keep(object)
    },
    ['events'],
  )
  return () => {
    unsubscribe()
    cancel?.()
  }
}
