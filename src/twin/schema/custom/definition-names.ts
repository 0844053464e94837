import { dns1035LabelProblem } from '../../../core/kubernetes/dns-name.ts'
import { invalidValue, requiredValue } from '../../api/field-problem.ts'
import type { StatusCause } from '../../api/status-error.ts'
import type { DefinitionNames } from './definition.ts'

/** Why the names of a definition are refused. */
export function definitionNameProblems(names: Partial<DefinitionNames>, path: string): readonly StatusCause[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names
  const missing = Object.entries({ plural, singular, kind, listKind }).filter(([, value]) => value === '')
  const labels = (field: string, values: readonly string[]) =>
    values.flatMap((value, at) => labelProblems(value, value, `${path}.${field}[${at}]`))
  return [
    ...missing.map(([name]) => requiredValue(`${path}.${name}`)),
    ...(plural === '' ? [] : labelProblems(plural, plural, `${path}.plural`)),
    ...(singular === '' ? [] : labelProblems(singular, singular, `${path}.singular`)),
    ...(kind === '' ? [] : mixedCaseProblems(kind, `${path}.kind`)),
    ...(listKind === '' ? [] : mixedCaseProblems(listKind, `${path}.listKind`)),
    ...labels('shortNames', shortNames),
    ...(kind !== '' && kind === listKind ? [invalidValue(`${path}.listKind`, listKind, 'kind and listKind may not be the same')] : []),
    ...labels('categories', categories),
  ]
}

function labelProblems(label: string, value: string, field: string, before = ''): readonly StatusCause[] {
  const problem = dns1035LabelProblem(label)
  return problem === undefined ? [] : [invalidValue(field, value, before + problem)]
}

function mixedCaseProblems(value: string, field: string): readonly StatusCause[] {
  return labelProblems(value.toLowerCase(), value, field, 'may have mixed case, but should otherwise match: ')
}

/** Why the paths of a scale are refused. */
export function subresourceProblems(subresources: unknown, path: string): readonly StatusCause[] {
  const scale = (subresources as { scale?: Readonly<Record<string, string | undefined>> } | undefined)?.scale
  if (scale === undefined) return []
  const below = (name: string, roots: readonly string[], isRequired: boolean): readonly StatusCause[] => {
    const value = scale[name] ?? ''
    const field = `${path}.scale.${name}`
    if (value === '') return isRequired ? [requiredValue(field)] : []
    if (!value.startsWith('.')) return [invalidValue(field, value, 'must be a simple json path starting with .')]
    if (roots.some((root) => value.startsWith(`.${root}.`))) return []
    return [
      invalidValue(
        field,
        value,
        `should be a json path under ${roots.length > 1 ? 'either ' : ''}${roots.map((root) => `.${root}`).join(' or ')}`,
      ),
    ]
  }
  return [
    ...below('specReplicasPath', ['spec'], true),
    ...below('statusReplicasPath', ['status'], true),
    ...below('labelSelectorPath', ['spec', 'status'], false),
  ]
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

/** Why printer columns (in the form of v1beta1) are refused. */
export function columnProblems(columns: unknown, path: string): readonly StatusCause[] {
  if (!Array.isArray(columns)) return []
  return columns.flatMap((column: Readonly<Record<string, string | undefined>>, at) => {
    const { name = '', type = '', format = '', JSONPath = '' } = column
    const field = `${path}[${at}]`
    return [
      ...(name === '' ? [requiredValue(`${field}.name`)] : []),
      ...(type === '' ? [requiredValue(`${field}.type`, `must be one of ${columnTypes.join(',')}`)] : []),
      ...(type !== '' && !columnTypes.includes(type)
        ? [invalidValue(`${field}.type`, type, `must be one of ${columnTypes.join(',')}`)]
        : []),
      ...(format !== '' && !columnFormats.includes(format)
        ? [invalidValue(`${field}.format`, format, `must be one of ${columnFormats.join(',')}`)]
        : []),
      ...(JSONPath === '' ? [requiredValue(`${field}.JSONPath`)] : []),
      ...(JSONPath !== '' && !JSONPath.startsWith('.')
        ? [invalidValue(`${field}.JSONPath`, JSONPath, 'must be a simple json path starting with .')]
        : []),
    ]
  })
}
