import type { Event } from 'kubernetes-types/core/v1'
import { sinceText } from './human-duration.ts'
import { type Cell, nameColumn, type PrintContext, printer, shown, wide } from './table-column.ts'

const columns = [
  shown('Last Seen'),
  shown('Type'),
  shown('Reason'),
  shown('Object'),
  wide('Subobject'),
  wide('Source'),
  shown('Message'),
  wide('First Seen'),
  wide('Count'),
  { ...nameColumn, priority: 1 },
]

/** Source: Kubernetes, pkg/printers printEvent. */
export const eventTable = printer<Event>(columns, eventCells)

/** The same of events in the form of `events.k8s.io`, whose fields have other names. */
export const newEventTable = printer<NewEvent>(columns, (event, context) => eventCells(oldForm(event), context))

/** Source: Kubernetes API reference, Event v1 events.k8s.io. */
interface NewEvent extends Pick<Event, 'metadata' | 'type' | 'reason' | 'eventTime' | 'series' | 'reportingInstance'> {
  readonly regarding?: Event['involvedObject']
  readonly note?: string
  readonly reportingController?: string
  readonly deprecatedSource?: NonNullable<Event['source']>
  readonly deprecatedFirstTimestamp?: string
  readonly deprecatedLastTimestamp?: string
  readonly deprecatedCount?: number
}

function oldForm(event: NewEvent): Event {
  const old = {
    ...event,
    involvedObject: event.regarding ?? {},
    message: event.note,
    reportingComponent: event.reportingController,
    source: event.deprecatedSource,
    firstTimestamp: event.deprecatedFirstTimestamp,
    lastTimestamp: event.deprecatedLastTimestamp,
    count: event.deprecatedCount,
  }
  return old as Event
}

/** From then on a series counts the event that it began with. */
const countsFirstSince = 26

function countOf({ series, count }: Event, minor: number): number {
  if (!series) return count || 1
  return minor >= countsFirstSince ? (series.count ?? 1) : (series.count ?? 0) + 1
}

function eventCells(event: Event, { nowMs, minor }: PrintContext): readonly Cell[] {
  const first = sinceText(event.firstTimestamp ?? event.eventTime, nowMs)
  return [
    lastSeen(event, first, nowMs),
    event.type ?? '',
    event.reason ?? '',
    aboutText(event.involvedObject),
    event.involvedObject.fieldPath ?? '',
    reporterText(event),
    (event.message ?? '').trim(),
    first,
    countOf(event, minor),
    event.metadata.name ?? '',
  ]
}

function lastSeen({ series, lastTimestamp }: Event, first: string, nowMs: number): string {
  if (series) return sinceText(series.lastObservedTime, nowMs)
  return lastTimestamp ? sinceText(lastTimestamp, nowMs) : first
}

function aboutText({ kind = '', name }: Event['involvedObject']): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()
}

function reporterText({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || (reportingComponent ?? '')
  const instance = source?.host || reportingInstance
  return instance ? `${component}, ${instance}` : component
}
