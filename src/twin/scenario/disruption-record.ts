import type { Endpoints } from 'kubernetes-types/core/v1'
import type { Clock } from '../../cluster/clock.ts'
import { as, type KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** What a Service has gone through. */
export interface ServiceDisruption {
  /** `namespace/name`. */
  readonly service: string
  readonly leastReady: number
  /** Milliseconds without a ready endpoint. */
  readonly awayMs: number
}

interface Course {
  ready: number
  leastReady: number
  awayMs: number
  sinceMs: number
}

/** Follows the endpoints of all Services that have some. */
export class DisruptionRecord {
  readonly #store: ObjectStore
  readonly #clock: Clock
  readonly #courses = new Map<string, Course>()
  #unsubscribe: (() => void) | undefined

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  start(): void {
    for (const object of this.#store.list('endpoints')) {
      const ready = readyOf(object)
      if (ready > 0) this.#courses.set(nameOf(object), { ready, leastReady: ready, awayMs: 0, sinceMs: this.#clock.now() })
    }
    this.#unsubscribe = this.#store.subscribe(({ resource, kind, object }) => {
      if (resource === 'endpoints') this.#see(nameOf(object), kind === 'Deleted' ? 0 : readyOf(object))
    })
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  /** Of the Services that had endpoints at the start, until now. */
  disruptions(): readonly ServiceDisruption[] {
    for (const name of this.#courses.keys()) this.#see(name, this.#courses.get(name)?.ready ?? 0)
    return [...this.#courses].map(([service, { leastReady, awayMs }]) => ({ service, leastReady, awayMs }))
  }

  #see(service: string, ready: number): void {
    const course = this.#courses.get(service)
    if (course === undefined) return
    const now = this.#clock.now()
    if (course.ready === 0) course.awayMs += now - course.sinceMs
    course.sinceMs = now
    course.ready = ready
    course.leastReady = Math.min(course.leastReady, ready)
  }
}

function readyOf(object: KubeObject): number {
  return (as<Endpoints>(object).subsets ?? []).reduce((sum, { addresses = [] }) => sum + addresses.length, 0)
}

function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`
}
