import type { KubeObject } from '../../kube-object.ts'
import { listAnswer, objectAnswer, partial, served, tableAnswer } from '../http/answer.ts'
import { type Call, keyOfCall, resourceOf } from '../http/call.ts'
import { type ListOptions, listOptions, versionNumber } from '../http/query-options.ts'
import type { TwinResponse } from '../http/twin-request.ts'
import { listPage } from '../list/list-page.ts'
import { reachedVersion } from '../list/reached-version.ts'
import { apiVersionOf } from '../resource-catalog.ts'
import { type Selection, selectionOf } from '../selectors/selection.ts'
import { badRequest } from '../status-error.ts'
import type { EventRenderer } from '../watch/watch-event.ts'

/** Without `timeoutSeconds` a watch ends after half an hour to an hour. Source: kube-apiserver, --min-request-timeout. */
const leastWatchMs = 1_800_000

export function getObject(call: Call): TwinResponse {
  checkReached(call)
  return objectAnswer(call, call.parts.registry.get(call.served.type, keyOfCall(call)))
}

/** Throws 500 or 504 when one object is asked for at a version that is none yet. */
export function checkReached({ parts, request }: Call): void {
  reachedVersion(request.query.get('resourceVersion') ?? '', parts.registry.store.resourceVersion)
}

/** A list, or a watch where the query or the path asks for one. */
export function listOrWatch(call: Call): TwinResponse {
  const { parts, request, target } = call
  const options = listOptions(request.query, parts.catalog.minor)
  const selection = selectionFor(call, options)
  if (options.watch || target.watch) return watch(call, selection, options)
  const source = { store: parts.registry.store, snapshots: parts.snapshots, podsByNode: parts.podsByNode }
  return listAnswer(call, listPage(source, resourceOf(call), selection, options))
}

/** What the selectors and the path of a call select. */
export function selectionFor(call: Call, options: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>): Selection {
  const { parts, target, served: as } = call
  return selectionOf({
    type: as.type,
    version: as.version,
    minor: parts.catalog.minor,
    namespace: as.type.namespaced ? target.namespace : undefined,
    name: target.name,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  })
}

function watch(call: Call, selection: Selection, options: ListOptions): TwinResponse {
  const { parts, request, form, lagMs } = call
  if (form.as === 'Yaml') throw badRequest('a watch is served as JSON: ask for application/json')
  const { hub, random, registry } = parts
  const initialEvents = parts.catalog.minor >= 27 ? options.sendInitialEvents : undefined
  const asked = versionNumber(options.resourceVersion)
  const pieces = hub.watch({
    resource: resourceOf(call),
    selection,
    renderer: rendererFor(call),
    // who says that nothing is to be told first hears of what comes from now on
    after: asked === 0 && initialEvents === false ? registry.store.resourceVersion : asked,
    bookmarks: options.allowWatchBookmarks,
    initialEvents: initialEvents === true,
    timeoutMs: options.timeoutSeconds ? options.timeoutSeconds * 1_000 : leastWatchMs * (1 + random()),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(lagMs === undefined ? {} : { lagMs }),
  })
  return { kind: 'Stream', status: 200, headers: { 'content-type': 'application/json' }, pieces }
}

function rendererFor(call: Call): EventRenderer {
  const { type, version } = call.served
  const { shape } = call.form
  const own = { apiVersion: apiVersionOf(type.group, version), kind: type.kind }
  if (shape === undefined) {
    return { ...own, sharedKey: own.apiVersion, text: (object) => JSON.stringify(served(call, object)) }
  }
  if (shape.kind !== 'Table') {
    const of = { apiVersion: shape.apiVersion, kind: 'PartialObjectMetadata' }
    return { ...of, sharedKey: `partial ${shape.apiVersion}`, text: (object) => JSON.stringify(partial(object, shape.apiVersion)) }
  }
  let first = true
  const text = (object: KubeObject) => {
    const table = tableAnswer(call, [object], { resourceVersion: object.metadata.resourceVersion }, { columns: first })
    first = false
    return JSON.stringify(table)
  }
  return { apiVersion: shape.apiVersion, kind: 'Table', text }
}
