import type { Clock } from '../../cluster/clock.ts'
import type { KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** How long an event is kept after its last write. Source: kube-apiserver, --event-ttl. */
const keptMs = 3_600_000

/** Lets go of events that nobody has written for an hour, as the leases of etcd do: without admission, seen by watches. The returned function ends that. */
export function expireEvents(store: ObjectStore, clock: Clock): () => void {
  const due = new DueEvents()
  let cancel: (() => void) | undefined
  const sweep = (): void => {
    cancel = undefined
    for (let event = due.oldest(); event !== undefined && event.atMs <= clock.now(); event = due.oldest()) {
      const { uid, namespace, name } = event.object.metadata
      due.drop(uid)
      // A namesake that came later has its own time.
      if (store.get('events', namespace, name)?.metadata.uid === uid) store.remove('events', namespace, name)
    }
    wait()
  }
  const wait = (): void => {
    if (cancel !== undefined) return
    const first = due.oldest()
    if (first === undefined) return
    cancel = clock.after(Math.max(first.atMs - clock.now(), 0), sweep)
  }
  const keep = (object: KubeObject): void => {
    due.add({ object, atMs: clock.now() + keptMs })
    wait()
  }
  for (const object of store.list('events')) keep(object)
  const unsubscribe = store.subscribe(
    ({ kind, object }) => {
      due.drop(object.metadata.uid)
      if (kind !== 'Deleted') keep(object)
    },
    ['events'],
  )
  return () => {
    unsubscribe()
    cancel?.()
  }
}

interface DueEvent {
  readonly object: KubeObject
  readonly atMs: number
}

/** Events by the time of their last write, which is the order in which they were added. */
class DueEvents {
  readonly #byUid = new Map<string, DueEvent>()
  /** Goes on where it is: a Map that is begun from the front again walks over every entry that was deleted there. */
  #walk = this.#byUid.values()
  #oldest: DueEvent | undefined

  add(event: DueEvent): void {
    this.#byUid.set(event.object.metadata.uid, event)
  }

  drop(uid: string): void {
    this.#byUid.delete(uid)
  }

  oldest(): DueEvent | undefined {
    while (this.#byUid.size > 0) {
      if (this.#oldest !== undefined && this.#byUid.get(this.#oldest.object.metadata.uid) === this.#oldest) return this.#oldest
      const { value } = this.#walk.next()
      if (value === undefined) this.#walk = this.#byUid.values()
      this.#oldest = value
    }
    return undefined
  }
}
