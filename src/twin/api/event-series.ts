import { microTime } from '../api-time.ts'
import type { KubeObject } from '../kube-object.ts'
import type { TwinEvent } from '../twin-client.ts'
import { namespaceOf, nextEventName, referenceTo } from './event-reference.ts'
import type { Registry } from './registry.ts'
import { Remembered } from './remembered.ts'
import type { ResourceType } from './resource-type.ts'

/** A series ends with so long a silence. Source: Kubernetes, client-go tools/events finishTime. */
const silenceMs = 360_000
const mostRemembered = 4_096
/** From then on a series counts the event that it began with. */
const countsFirstSince = 26

interface Series {
  readonly namespace: string
  readonly name: string
  readonly lastMs: number
}

/**
 * Writes events as components do that speak `events.k8s.io/v1`: what happens again, about the same object and with whatever words, makes one
 * event a series. Source: KEP-383; Kubernetes, client-go tools/events.
 */
export class EventSeries {
  readonly #registry: Registry
  readonly #type: ResourceType
  readonly #series = new Remembered<Series>(mostRemembered)

  constructor(registry: Registry, type: ResourceType) {
    this.#registry = registry
    this.#type = type
  }

  async write(event: TwinEvent & { readonly action: string }, sequence: number): Promise<void> {
    const key = keyOf(event, this.#registry.catalog.minor)
    const known = this.#series.get(key)
    const nowMs = this.#registry.clock.now()
    const goesOn = known !== undefined && nowMs - known.lastMs <= silenceMs && this.#isThere(known)
    const { namespace, name } = goesOn ? await this.#count(known, nowMs) : await this.#create(event, nowMs, sequence)
    this.#series.set(key, { namespace, name, lastMs: nowMs })
  }

  #isThere({ namespace, name }: Series): boolean {
    return this.#registry.store.get('events', namespace, name) !== undefined
  }

  async #count(known: Series, nowMs: number): Promise<Series> {
    const first = this.#registry.catalog.minor >= countsFirstSince ? 1 : 0
    const next = (current: KubeObject | undefined) => {
      const { count = first } = (current?.series ?? {}) as { readonly count?: number }
      return { ...current, series: { count: count + 1, lastObservedTime: microTime(nowMs) } }
    }
    await this.#registry.update(this.#type, known, next)
    return known
  }

  async #create(event: TwinEvent & { readonly action: string }, nowMs: number, sequence: number): Promise<Series> {
    const { about, related, type, reason, action, message, component, host = 'twin' } = event
    const namespace = namespaceOf(about)
    const draft = {
      metadata: { name: nextEventName(about, nowMs, sequence), namespace },
      involvedObject: referenceTo(about),
      ...(related === undefined ? {} : { related: referenceTo(related) }),
      reason,
      message,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      type,
      eventTime: microTime(nowMs),
      action,
      reportingComponent: component,
      reportingInstance: `${component}-${host}`,
    }
    const { metadata } = await this.#registry.create(this.#type, draft, namespace)
    return { namespace, name: metadata.name, lastMs: nowMs }
  }
}

/** The version of the object counts, too: what happens after it has changed is another thing. */
function keyOf({ about, related, type, reason, action, component }: TwinEvent, minor: number): string {
  const of = (object: KubeObject | undefined) => (object === undefined ? '' : `${object.metadata.uid} ${object.metadata.resourceVersion}`)
  return [of(about), of(related), reason, action, component, minor >= countsFirstSince ? type : ''].join('\n')
}
