import type { KubeObject } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { Selection } from '../selectors/selection.ts'
import type { Status } from '../status-error.ts'

/** What one watch is told. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/** What a change means to somebody who sees only what is selected; `undefined` when it means nothing. */
export function eventOf(change: Change, selection: Selection): WatchEvent | undefined {
  const { kind, object, previous = object } = change
  if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return undefined
  if (!selection.filtered) return { type: plainType[kind], object }
  const was = kind !== 'Added' && selection.matches(previous)
  const is = kind !== 'Deleted' && selection.matches(object)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object }
  if (!was) return undefined
  return { type: 'DELETED', object: kind === 'Deleted' ? object : leaving(previous, object) }
}

const plainType = { Added: 'ADDED', Modified: 'MODIFIED', Deleted: 'DELETED' } as const

/** As it was last seen, at the version at which it went out of sight. */
function leaving(previous: KubeObject, { metadata }: KubeObject): KubeObject {
  return { ...previous, metadata: { ...previous.metadata, resourceVersion: metadata.resourceVersion } }
}

/** How the objects of one watch are written. */
export interface EventRenderer {
  /** Watches with the same key get the same text of an event; without one it is written for this watch alone. */
  readonly sharedKey?: string
  readonly apiVersion: string
  readonly kind: string
  /** The JSON of an object in this form. */
  text(object: KubeObject): string
}

export function frame(type: string, objectText: string): string {
  return `{"type":"${type}","object":${objectText}}\n`
}

/** Tells how far a watch has come although nothing it selects has changed. `initialEnd`: all that was there at the start has been told. */
export function bookmark({ apiVersion, kind }: EventRenderer, resourceVersion: number, initialEnd: boolean): string {
  const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: String(resourceVersion), creationTimestamp: null, ...annotations }
  return frame('BOOKMARK', JSON.stringify({ kind, apiVersion, metadata }))
}

export function errorFrame(status: Status): string {
  return frame('ERROR', JSON.stringify(status))
}

/** The text of a change's event, written once for all watches that share it. */
export class EventTexts {
  readonly #texts = new Map<string, string>()

  textOf({ type, object }: WatchEvent, renderer: EventRenderer): string {
    if (renderer.sharedKey === undefined) return frame(type, renderer.text(object))
    const key = `${type} ${object.metadata.resourceVersion} ${renderer.sharedKey}`
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = frame(type, renderer.text(object))
    this.#texts.set(key, text)
    return text
  }
}
