import { invalid, type StatusCause, type StatusError } from '../../status-error.ts'
import { isPrintable } from './manager-name.ts'

export interface PatchOptions {
  readonly fieldManager: string | null
  /** As it stands in the query, absent when it does not. */
  readonly force: string | null
  readonly isApply: boolean
}

/** Why a patch is refused for its `fieldManager` or `force`: 422, undefined when it is not. */
export function patchOptionsProblem({ fieldManager, force, isApply }: PatchOptions): StatusError | undefined {
  const causes = [...forceProblem(force, isApply), ...managerProblem(fieldManager ?? '', isApply)]
  return causes.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind: 'PatchOptions', name: '' }, causes)
}

function forceProblem(force: string | null, isApply: boolean): readonly StatusCause[] {
  if (isApply || force === null) return []
  return [{ reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified for non-apply patch', field: 'force' }]
}

function managerProblem(name: string, isApply: boolean): readonly StatusCause[] {
  const field = 'fieldManager'
  if (name === '') return isApply ? [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field }] : []
  if (new TextEncoder().encode(name).length > 128) {
    return [{ reason: 'FieldValueTooLong', message: 'Too long: must have at most 128 bytes', field }]
  }
  const characters = [...name]
  const place = characters.findIndex((character) => !isPrintable(character))
  const bad = characters[place]
  if (bad === undefined) return []
  const code = bad.codePointAt(0) ?? 0
  const message = `Invalid value: ${goQuoted(name)}: invalid character U+${code.toString(16).toUpperCase().padStart(4, '0')} (at position ${place})`
  return [{ reason: 'FieldValueInvalid', message, field }]
}

/** A text as Go quotes it, with `\x01` for what cannot be printed. */
function goQuoted(text: string): string {
  const escaped = [...text].map((character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    return isPrintable(character) ? character : `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`
  })
  return `"${escaped.join('')}"`
}
