import type { KubeObject } from '../../kube-object.ts'
import type { ListPage } from '../list/list-page.ts'
import { apiVersionOf } from '../resource-catalog.ts'
import { storedAs } from '../resource-type.ts'
import { badRequest, type Status, StatusError } from '../status-error.ts'
import { type ListMeta, type Table, tableOf } from '../table/table-of.ts'
import type { Call } from './call.ts'
import type { ResponseHeaders, TwinResponse } from './twin-request.ts'

export interface AnswerOptions {
  /** 200 unless told. */
  readonly status?: number
  readonly warnings?: readonly string[]
}

/** One object, in the version and shape that were asked for. */
export function objectAnswer(call: Call, object: KubeObject, { status = 200, warnings = [] }: AnswerOptions = {}): TwinResponse {
  const { form } = call
  return { kind: 'Object', status, ...headersOf(warnings), object: shapedObject(call, object), as: form.as }
}

/** A `Status`, or something else that comes in one shape only. */
export function plainAnswer(
  { form }: Pick<Call, 'form'>,
  object: unknown,
  { status = 200, warnings = [] }: AnswerOptions = {},
): TwinResponse {
  return { kind: 'Object', status, ...headersOf(warnings), object, as: form.as }
}

/** One page of a list. */
export function listAnswer(call: Call, page: ListPage): TwinResponse {
  return { kind: 'Object', status: 200, object: shapedList(call, page), as: call.form.as }
}

/** What was done, where no object tells it. */
export function successStatus(call: Call, object?: KubeObject, code?: number): Partial<Status> {
  const { group, plural } = call.served.type
  const details =
    object === undefined
      ? {}
      : { details: { name: object.metadata.name, ...(group === '' ? {} : { group }), kind: plural, uid: object.metadata.uid } }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...details, ...(code === undefined ? {} : { code }) }
}

function headersOf(warnings: readonly string[]): { readonly headers?: ResponseHeaders } {
  if (warnings.length === 0) return {}
  return { headers: { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') } }
}

function shapedObject(call: Call, object: KubeObject): unknown {
  const { shape } = call.form
  if (shape === undefined) return served(call, object)
  switch (shape.kind) {
    case 'Table':
      return tableAnswer(call, [object], { resourceVersion: object.metadata.resourceVersion })
    case 'PartialObjectMetadata':
      return partial(object, shape.apiVersion)
    case 'PartialObjectMetadataList':
      throw notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (*${goType(call)})`)
  }
}

function shapedList(call: Call, page: ListPage): unknown {
  const { shape } = call.form
  const metadata = listMeta(page)
  const { type, version } = call.served
  if (shape === undefined) {
    const list = { kind: `${type.kind}List`, apiVersion: apiVersionOf(type.group, version) }
    // lists of custom resources are no structs of Go: they have what is empty, too
    if (type.custom !== undefined)
      return { ...list, metadata: { continue: '', ...metadata }, items: page.items.map((one) => served(call, one)) }
    return { ...list, metadata, items: page.items.map((object) => withoutKind(served(call, object))) }
  }
  switch (shape.kind) {
    case 'Table':
      return tableAnswer(call, page.items, metadata)
    case 'PartialObjectMetadataList': {
      const { remainingItemCount: _remaining, ...kept } = metadata
      const items = page.items.map((object) => partial(object, shape.apiVersion))
      return { kind: 'PartialObjectMetadataList', apiVersion: shape.apiVersion, metadata: kept, items }
    }
    case 'PartialObjectMetadata':
      throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (*${goType(call)}List)`)
  }
}

function listMeta(page: ListPage): ListMeta {
  return {
    resourceVersion: String(page.resourceVersion),
    ...(page.continue === undefined ? {} : { continue: page.continue }),
    ...(page.remainingItemCount === undefined ? {} : { remainingItemCount: page.remainingItemCount }),
  }
}

/** An object as the version of the path has it. */
export function served({ parts, served: as }: Call, object: KubeObject): KubeObject {
  return parts.conversion.toServed(object, as)
}

/** Items of a list do not say what they are, but for custom resources. */
function withoutKind({ apiVersion: _apiVersion, kind: _kind, ...rest }: KubeObject): Readonly<Record<string, unknown>> {
  return rest
}

export function partial({ metadata }: KubeObject, apiVersion: string) {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata }
}

interface AnsweredTable {
  /** False leaves the columns out, as in all but the first table of a watch. */
  readonly columns?: boolean
  /** The resource whose columns these are; that of the path unless told. */
  readonly table?: string
}

export function tableAnswer(
  call: Call,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  { columns = true, table = storedAs(call.served.type) }: AnsweredTable = {},
): Table {
  const { parts, form, request, served: as } = call
  const includeObject = includeObjectOf(request.query.get('includeObject'))
  const columnsOfCustom = as.type.custom?.[as.version]?.printerColumns
  const isWhole = includeObject === 'Object' && table === storedAs(as.type)
  return tableOf(table, isWhole ? objects.map((object) => served(call, object)) : objects, {
    nowMs: parts.clock.now(),
    minor: parts.catalog.minor,
    columns,
    metadata,
    version: form.shape?.apiVersion.split('/')[1] ?? 'v1',
    ...(includeObject === undefined ? {} : { includeObject }),
    ...(columnsOfCustom === undefined ? {} : { printerColumns: columnsOfCustom }),
  })
}

function includeObjectOf(text: string | null): 'None' | 'Metadata' | 'Object' | undefined {
  switch (text) {
    case null:
    case '':
      return undefined
    case 'None':
    case 'Metadata':
    case 'Object':
      return text
    default:
      throw badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
      )
  }
}

function notAcceptable(message: string): StatusError {
  return new StatusError(406, 'NotAcceptable', message)
}

function goType({ served: { type } }: Call): string {
  return `${type.group === '' ? 'core' : (type.group.split('.')[0] ?? '')}.${type.kind}`
}
