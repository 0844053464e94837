import { apiTime } from '../api-time.ts'
import type { TwinEvent } from '../twin-client.ts'
import { namespaceOf, nextEventName, referenceTo } from './event-reference.ts'
import { EventSeries } from './event-series.ts'
import type { Registry } from './registry.ts'
import { Remembered } from './remembered.ts'
import type { ResourceType } from './resource-type.ts'
import { StatusError } from './status-error.ts'

/** Remembered, so that what happens again is counted instead of written anew. Source: Kubernetes, client-go EventCorrelator. */
const mostRemembered = 4_096
/** From then on components that say what they did write by `events.k8s.io/v1`. Source: Kubernetes v1.19, NewEventBroadcasterAdapter. */
const seriesSince = 19

/** Writes events as the recorders of the components do: the same again within memory only raises the count. */
export class EventSink {
  readonly #registry: Registry
  readonly #type: ResourceType
  /** Names of events. */
  readonly #written = new Remembered<string>(mostRemembered)
  #sequence = 0
  readonly #series: EventSeries

  constructor(registry: Registry, type: ResourceType) {
    this.#registry = registry
    this.#series = new EventSeries(registry, type)
    this.#type = type
  }

  /** An event that cannot be written (its namespace is going) is lost, as it is in a cluster. */
  async write(event: TwinEvent): Promise<void> {
    try {
      await this.#write(event)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  }

  async #write(event: TwinEvent): Promise<void> {
    const { action } = event
    if (action !== undefined && this.#registry.catalog.minor >= seriesSince) {
      this.#sequence += 1
      return this.#series.write({ ...event, action }, this.#sequence)
    }
    if (!(await this.#repeat(event))) await this.#create(event)
  }

  async #repeat(event: TwinEvent): Promise<boolean> {
    const key = keyOf(event)
    const name = this.#written.get(key)
    const namespace = namespaceOf(event.about)
    if (name === undefined || this.#registry.store.get('events', namespace, name) === undefined) return false
    await this.#registry.update(this.#type, { namespace, name }, (current) => ({
      ...current,
      count: Number(current?.count ?? 1) + 1,
      lastTimestamp: apiTime(this.#registry.clock.now()),
    }))
    this.#written.set(key, name)
    return true
  }

  async #create(event: TwinEvent): Promise<void> {
    const { about, type, reason, message, component, host } = event
    const nowMs = this.#registry.clock.now()
    const namespace = namespaceOf(about)
    const at = apiTime(nowMs)
    this.#sequence += 1
    const name = nextEventName(about, nowMs, this.#sequence)
    const draft = {
      metadata: { name, namespace },
      involvedObject: referenceTo(about),
      reason,
      message,
      source: { component, ...(host === undefined ? {} : { host }) },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    }
    const written = await this.#registry.create(this.#type, draft, namespace)
    this.#written.set(keyOf(event), written.metadata.name)
  }
}

function keyOf({ about, type, reason, message, component, host = '' }: TwinEvent): string {
  return [about.metadata.uid, type, reason, component, host, message].join('\n')
}
