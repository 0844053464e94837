import { apiTime } from '../../api-time.ts'
import type { Definition, DefinitionCondition, DefinitionNames, DefinitionStatus } from './definition.ts'

/** Names that definitions of one group have got. */
export interface TakenNames {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

/** What the definitions of one group, all but one, have got. */
export function takenNames(others: readonly Definition[]): TakenNames {
  const names = others.map(({ status }) => status?.acceptedNames ?? {})
  return {
    resources: new Set(names.flatMap(({ plural = '', singular = '', shortNames = [] }) => [plural, singular, ...shortNames])),
    kinds: new Set(names.flatMap(({ kind = '', listKind = '' }) => [kind, listKind])),
  }
}

interface Conflict {
  readonly reason: string
  readonly message: string
}

/**
 * The status a definition should have: the names it gets, and whether it is served. Names that it has stay its own; of those that another
 * definition of the group has it gets none. Source: Kubernetes, CustomResourceDefinition conditions NamesAccepted and Established.
 */
export function decideDefinitionStatus(definition: Definition, taken: TakenNames, nowMs: number): DefinitionStatus {
  const { accepted, conflict } = acceptNames(definition, taken)
  const conditions = [...(definition.status?.conditions ?? [])]
  const set = (condition: DefinitionCondition) => setCondition(conditions, condition, nowMs)
  set(
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...conflict },
  )
  const established = conditions.some(({ type, status }) => type === 'Established' && status === 'True')
  if (!established) {
    set(
      conflict === undefined
        ? { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
        : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
    )
  }
  return { ...definition.status, acceptedNames: accepted, conditions }
}

function acceptNames({ spec, status }: Definition, { resources, kinds }: TakenNames) {
  const { names } = spec
  const had = status?.acceptedNames ?? {}
  let conflict: Conflict | undefined
  const take = (wanted: string, own: string | undefined, others: ReadonlySet<string>, reason: string): string => {
    if (wanted === own || !others.has(wanted)) return wanted
    conflict = { reason, message: `${JSON.stringify(wanted)} is already in use` }
    return own ?? ''
  }
  const plural = take(names.plural, had.plural, resources, 'PluralConflict')
  const singular = take(names.singular ?? '', had.singular, resources, 'SingularConflict')
  const clashing = (names.shortNames ?? []).filter((name) => !had.shortNames?.includes(name) && resources.has(name))
  if (clashing.length > 0) conflict = { reason: 'ShortNamesConflict', message: inUse(clashing) }
  const shortNames = clashing.length > 0 ? had.shortNames : names.shortNames
  const kind = take(names.kind, had.kind, kinds, 'KindConflict')
  const listKind = take(names.listKind ?? '', had.listKind, kinds, 'ListKindConflict')
  const accepted: DefinitionNames = {
    plural,
    singular,
    ...(shortNames === undefined ? {} : { shortNames }),
    kind,
    listKind,
    ...(names.categories === undefined ? {} : { categories: names.categories }),
  }
  return { accepted, conflict }
}

function inUse(names: readonly string[]): string {
  const messages = names.map((name) => `${JSON.stringify(name)} is already in use`)
  return messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`
}

function setCondition(conditions: DefinitionCondition[], next: DefinitionCondition, nowMs: number): void {
  const at = conditions.findIndex(({ type }) => type === next.type)
  const old = conditions[at]
  const lastTransitionTime = old?.status === next.status && old.lastTransitionTime !== undefined ? old.lastTransitionTime : apiTime(nowMs)
  const condition = { type: next.type, status: next.status, lastTransitionTime, reason: next.reason ?? '', message: next.message ?? '' }
  if (at < 0) conditions.push(condition)
  else conditions[at] = condition
}
