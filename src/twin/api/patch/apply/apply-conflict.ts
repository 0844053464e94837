import { StatusError } from '../../status-error.ts'
import { pathsOf } from '../fields/field-set.ts'
import { pathText } from '../fields/path-element.ts'
import type { Manager, Owners } from './managed-fields.ts'

/** The answer to an apply that would take fields from others: 409 with a cause for each field of each of them. */
export function applyConflict(conflicts: Owners): StatusError {
  const byManager = [...conflicts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { manager, fields }]) => ({ who: managerText(manager), paths: pathsOf(fields).map(pathText) }))
  const causes = byManager.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
  )
  const [only] = causes
  const text =
    causes.length === 1 && only !== undefined
      ? `1 conflict: ${only.message}: ${only.field}`
      : `${causes.length} conflicts: ${byManager.map(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)].join('\n')).join('\n')}`
  return new StatusError(409, 'Conflict', `Apply failed with ${text}`, { causes })
}

function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const who = `${JSON.stringify(name)}${subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`}`
  return operation === 'Update' ? `${who} using ${apiVersion}` : who
}
