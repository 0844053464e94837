import { createHash } from 'node:crypto'

/** The object that an event is about; no namespace for cluster-scoped ones. */
export interface EventTarget {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly uid: string
}

/** Something worth an event. `reason` is CamelCase; `message` one sentence. */
export interface EventInput {
  readonly object: EventTarget
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** An event to be written: what happened, how often, and from when to when (epoch ms). */
export interface Occurrence extends EventInput {
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Who reports. */
export interface EventSource {
  readonly component: string
  readonly host: string
}

/** As the API server limits `note` in events.k8s.io; the old API has no limit of its own. */
const longestMessage = 1024
const longestReason = 128
const longestName = 253

/** Events of cluster-scoped objects are kept in the namespace `default`. */
export function eventNamespace(object: EventTarget): string {
  return object.namespace ?? 'default'
}

/** What two events have in common that are written as one, apart from their message. */
export function eventBucket({ object, type, reason }: EventInput): string {
  return JSON.stringify([object.apiVersion, object.kind, object.namespace, object.name, object.uid, type, reason])
}

/** The core/v1 Event of an occurrence, as it is created. */
export function eventBody(occurrence: Occurrence, source: EventSource) {
  const { object, type, reason, message, count, firstMs, lastMs } = occurrence
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(occurrence, source), namespace: eventNamespace(object) },
    involvedObject: targetOf(object),
    type,
    reason: reason.slice(0, longestReason),
    message: cutMessage(message),
    source,
    firstTimestamp: rfc3339(firstMs),
    lastTimestamp: rfc3339(lastMs),
    count,
    reportingComponent: source.component,
    reportingInstance: source.host,
  }
}

/** Only what an ObjectReference has, whatever else the caller's object holds. */
function targetOf({ apiVersion, kind, name, namespace, uid }: EventTarget): EventTarget {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }), uid }
}

/** The merge patch that tells that an event has happened again. */
export function repeatedPatch(count: number, lastMs: number) {
  return { count, lastTimestamp: rfc3339(lastMs) }
}

/** Cuts to 1,024 characters, with an ellipsis, and never through a character of two code units. */
export function cutMessage(message: string): string {
  if (message.length <= longestMessage) return message
  return `${message.slice(0, longestMessage - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/**
 * `<object>.<16 hex digits>`, as other recorders name theirs; the digits are a digest of the whole, so that the same event
 * gets the same name when its request is sent a second time.
 */
function eventName(occurrence: Occurrence, source: EventSource): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([occurrence, source]))
    .digest('hex')
    .slice(0, 16)
  const base = occurrence.object.name.slice(0, longestName - 17).replace(/[-.]+$/, '')
  return `${base}.${digest}`
}

/** Whole seconds: that is what `Time` holds. */
function rfc3339(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}
