import type { KubeObject } from '../../kube-object.ts'
import { nameOf } from '../../object-key.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import type { ListOptions } from '../http/query-options.ts'
import type { Selection } from '../selectors/selection.ts'
import { badRequest, StatusError } from '../status-error.ts'
import { type ContinueToken, decodeContinue, encodeContinue } from './continue-token.ts'
import { reachedVersion } from './reached-version.ts'
import { firstAfter, type Snapshots } from './snapshots.ts'

/** One answer to a list. */
export interface ListPage {
  readonly items: readonly KubeObject[]
  readonly resourceVersion: number
  /** Absent on the last page. */
  readonly continue?: string
  /** Absent on the last page, and where something is selected. */
  readonly remainingItemCount?: number
}

export interface ListSource {
  readonly store: ObjectStore
  readonly snapshots: Snapshots
  /** Of pods by the node they are on. */
  readonly podsByNode?: Index
}

/** What a list, or its next page, holds. Throws 400, 410 or 504. Source: Kubernetes API concepts, resource versions and paging. */
export function listPage(source: ListSource, resource: string, selection: Selection, options: ListOptions): ListPage {
  const token = options.continue === '' ? undefined : decodeContinue(options.continue)
  if (token !== undefined && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const asked = reachedVersion(options.resourceVersion, source.store.resourceVersion)
  const version = token === undefined ? exactVersion(options, asked) : token.resourceVersion
  const state = stateAt(source, resource, { version, token, selection })
  // From the watch cache a list comes whole.
  const limit = options.resourceVersion === '0' && options.resourceVersionMatch === '' ? 0 : options.limit
  return pageOf(state, token === undefined ? undefined : fullKey(token, selection), selection, limit)
}

/** The version that is wanted and no other; `undefined`: whatever there is now. */
function exactVersion({ resourceVersionMatch, limit }: ListOptions, asked: number): number | undefined {
  if (resourceVersionMatch === 'Exact') return asked
  // A page of a version that is named without a match is one of exactly that version, for reasons of history.
  return resourceVersionMatch === '' && limit > 0 && asked > 0 ? asked : undefined
}

interface State {
  readonly objects: readonly KubeObject[]
  readonly resourceVersion: number
}

interface StateRequest {
  readonly version: number | undefined
  readonly token: ContinueToken | undefined
  readonly selection: Selection
}

function stateAt({ store, snapshots, podsByNode }: ListSource, resource: string, { version, token, selection }: StateRequest): State {
  const resourceVersion = store.resourceVersion
  if (version !== undefined && version > 0) {
    if (version > resourceVersion) throw new StatusError(500, '', 'etcdserver: mvcc: required revision is a future revision')
    const objects = snapshots.at(resource, version)
    if (objects === 'Expired') throw expired(token)
    return { objects, resourceVersion: version }
  }
  const { name, nodeName, namespace } = selection
  if (name !== undefined && namespace !== undefined) {
    const object = store.get(resource, namespace, name)
    return { objects: object === undefined ? [] : [object], resourceVersion }
  }
  if (nodeName !== undefined && podsByNode !== undefined) {
    const objects = [...podsByNode.get(nodeName)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    return { objects, resourceVersion }
  }
  return { objects: store.list(resource, namespace), resourceVersion }
}

function pageOf({ objects, resourceVersion }: State, after: string | undefined, selection: Selection, limit: number): ListPage {
  const { namespace, filtered } = selection
  const items: KubeObject[] = []
  const start = after === undefined ? 0 : firstAfter(objects, after)
  for (let at = start; at < objects.length; at += 1) {
    const object = objects[at]
    if (object === undefined || !isSelected(object, selection)) continue
    if (limit > 0 && items.length === limit) {
      const remaining = filtered ? {} : { remainingItemCount: countOf(objects, at, namespace) }
      const last = items.at(-1) ?? object
      const key = namespace === undefined ? nameOf(last) : last.metadata.name
      return { items, resourceVersion, continue: encodeContinue({ resourceVersion, after: key }), ...remaining }
    }
    items.push(object)
  }
  return { items, resourceVersion }
}

function isSelected(object: KubeObject, selection: Selection): boolean {
  if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return false
  return !selection.filtered || selection.matches(object)
}

function countOf(objects: readonly KubeObject[], from: number, namespace: string | undefined): number {
  if (namespace === undefined) return objects.length - from
  let count = 0
  for (let at = from; at < objects.length; at += 1) if (objects[at]?.metadata.namespace === namespace) count += 1
  return count
}

function fullKey({ after }: ContinueToken, { namespace }: Selection): string {
  return namespace === undefined ? after : `${namespace}/${after}`
}

function expired(token: ContinueToken | undefined): StatusError {
  if (token === undefined) return new StatusError(410, 'Expired', 'The resourceVersion for the provided list is too old.')
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
    'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
    'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  const next = encodeContinue({ resourceVersion: -1, after: token.after })
  return new StatusError(410, 'Expired', message).withMetadata({ continue: next })
}
