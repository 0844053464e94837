import type { DeleteOptions } from '../decide-deletion.ts'
import { forbiddenValue } from '../field-problem.ts'
import { isJsonObject } from '../patch/json-object.ts'
import { badRequest, invalid, type StatusCause, StatusError } from '../status-error.ts'

/** How a list or a watch is meant. Source: Kubernetes API reference, ListOptions. */
export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly watch: boolean
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents?: boolean
  /** Empty when it is not set. */
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly timeoutSeconds?: number
  /** 0: no paging. */
  readonly limit: number
  readonly continue: string
}

/** Reads the query of a list or watch. Throws 400 or 422. */
export function listOptions(query: URLSearchParams, minor: number): ListOptions {
  const options = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    watch: booleanOf(query.get('watch')),
    allowWatchBookmarks: booleanOf(query.get('allowWatchBookmarks')),
    ...(query.has('sendInitialEvents') ? { sendInitialEvents: booleanOf(query.get('sendInitialEvents')) } : {}),
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    ...optionalInteger(query, 'timeoutSeconds'),
    limit: integerOf(query.get('limit') ?? '') ?? 0,
    continue: query.get('continue') ?? '',
  }
  const causes = listProblems(options, minor)
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions', name: '' }, causes)
  return options
}

/** Streaming lists were switched on, off and on again. Source: Kubernetes feature gates, WatchList. */
function servesStreamingLists(minor: number): boolean {
  return minor === 32 || minor >= 34
}

function listProblems(options: ListOptions, minor: number): readonly StatusCause[] {
  const causes: StatusCause[] = []
  const forbid = (field: string, why: string) => causes.push(forbiddenValue(field, why))
  // Before 1.27 the field is not known, and not looked at.
  const initial = minor >= 27 ? options.sendInitialEvents : undefined
  if (initial !== undefined) initialEventsProblems(options, minor, forbid)
  const { resourceVersionMatch: match, resourceVersion } = options
  if (match === '') return causes
  if (options.watch && initial === undefined) {
    const unless = minor >= 27 ? ' unless sendInitialEvents is provided' : ''
    forbid('resourceVersionMatch', `resourceVersionMatch is forbidden for watch${unless}`)
  }
  if (resourceVersion === '' && !(options.watch && initial !== undefined)) {
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
  }
  if (options.continue !== '') forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
  if (match !== 'Exact' && match !== 'NotOlderThan') causes.push(unsupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']))
  if (match === 'Exact' && resourceVersion === '0') {
    forbid('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  return causes
}

function initialEventsProblems(options: ListOptions, minor: number, forbid: (field: string, why: string) => void): void {
  if (!options.watch) forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  else if (!servesStreamingLists(minor)) {
    forbid('sendInitialEvents', 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled')
  } else if (options.resourceVersionMatch !== 'NotOlderThan') {
    forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  }
}

function unsupported(field: string, value: string, supported: readonly string[]): StatusCause {
  const list = supported.map((one) => JSON.stringify(one)).join(', ')
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`, field }
}

/** Whether a write is only tried. `kind` is `CreateOptions`, `UpdateOptions` … Throws 422. */
export function dryRunOf(values: readonly string[], kind: string): boolean {
  const bad = values.filter((value) => value !== 'All')
  if (bad.length > 0) {
    const message = `Unsupported value: []string{${values.map((value) => JSON.stringify(value)).join(', ')}}: supported values: "All"`
    throw invalid({ group: 'meta.k8s.io', kind, name: '' }, [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }])
  }
  return values.length > 0
}

const fieldValidations = ['', 'Ignore', 'Strict', 'Warn']

/** How the fields of a body are to be looked at; empty where nobody says so. Throws 422. */
export function fieldValidationOf(value: string, kind: string): string {
  if (fieldValidations.includes(value)) return value
  throw invalid({ group: 'meta.k8s.io', kind, name: '' }, [unsupported('fieldValidation', value, fieldValidations)])
}

/** DeleteOptions of the query and of the body, which goes before. Throws 400 or 422. */
export function deleteOptions(
  query: URLSearchParams,
  body: Readonly<Record<string, unknown>> | undefined,
): DeleteOptions & { readonly dryRun: boolean } {
  const sent = body ?? fromQuery(query)
  const dryRun = dryRunOf(stringsOf(sent.dryRun), 'DeleteOptions')
  const policy = sent.propagationPolicy ?? undefined
  if (policy !== undefined && policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') {
    const cause = unsupported('propagationPolicy', String(policy), ['Foreground', 'Background', 'Orphan', 'nil'])
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions', name: '' }, [cause])
  }
  const orphanDependents = sent.orphanDependents ?? undefined
  if (policy !== undefined && typeof orphanDependents === 'boolean') {
    const why = 'orphanDependents and deletionPropagation cannot be both set'
    const cause = { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(policy)}: ${why}`, field: 'propagationPolicy' }
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions', name: '' }, [cause])
  }
  return {
    dryRun,
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(typeof orphanDependents === 'boolean' ? { orphanDependents } : {}),
    ...graceOf(sent.gracePeriodSeconds),
    ...preconditionsOf(sent.preconditions),
  }
}

function fromQuery(query: URLSearchParams): Readonly<Record<string, unknown>> {
  return {
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
    ...(query.get('propagationPolicy') ? { propagationPolicy: query.get('propagationPolicy') } : {}),
    ...(query.get('orphanDependents') ? { orphanDependents: booleanOf(query.get('orphanDependents')) } : {}),
    ...(query.get('gracePeriodSeconds') ? { gracePeriodSeconds: integerOf(query.get('gracePeriodSeconds') ?? '') } : {}),
  }
}

function graceOf(value: unknown): { gracePeriodSeconds?: number } {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw badRequest(`DeleteOptions.gracePeriodSeconds: ${JSON.stringify(value)} is no whole number of seconds`)
  }
  return { gracePeriodSeconds: value }
}

function preconditionsOf(value: unknown): Pick<DeleteOptions, 'preconditions'> {
  if (value !== undefined && value !== null && !isJsonObject(value)) {
    throw badRequest(`DeleteOptions.preconditions: ${JSON.stringify(value)} is no object`)
  }
  const { uid, resourceVersion } = (value ?? {}) as { readonly uid?: unknown; readonly resourceVersion?: unknown }
  const preconditions = {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  }
  return Object.keys(preconditions).length === 0 ? {} : { preconditions }
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** As Go's ParseBool, and true for what it cannot read. Source: Kubernetes, apimachinery conversion of query parameters. */
function booleanOf(text: string | null): boolean {
  return text !== null && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text)
}

function optionalInteger(query: URLSearchParams, name: 'timeoutSeconds'): { timeoutSeconds?: number } {
  const value = integerOf(query.get(name) ?? '')
  return value === undefined ? {} : { [name]: value }
}

function integerOf(text: string): number | undefined {
  if (text === '') return undefined
  if (!/^[+-]?\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** A resourceVersion as a number; 0 when it is not set. Throws 500, as the real server does. */
export function versionNumber(text: string): number {
  if (text === '') return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const problem = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  throw new StatusError(500, '', `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${problem}`)
}
