import { invalidValue } from '../../api/field-problem.ts'
import { goText, goType } from '../../api/patch/go-text.ts'
import type { StatusCause } from '../../api/status-error.ts'

/** Where a scale reads its numbers. */
interface ScalePaths {
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
}

type Read = { readonly value: unknown } | { readonly problem: string }

/** Why the numbers that a custom resource's scale reads are refused. Source: apiextensions-apiserver, ValidateScaleSpec and ValidateScaleStatus. */
export function scaleProblems(object: unknown, { specReplicasPath, statusReplicasPath }: ScalePaths): readonly StatusCause[] {
  return [specReplicasPath, statusReplicasPath].flatMap((path) => replicasProblems(object, path))
}

function replicasProblems(object: unknown, path: string): readonly StatusCause[] {
  const read = readPath(object, path)
  if ('problem' in read) return [invalidValue(path, 0, read.problem)]
  const { value } = read
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) return [invalidValue(path, 0, accessorError(path, value, 'int64'))]
  if (value < 0) return [invalidValue(path, value, 'should be a non-negative integer')]
  return value > 0x7fffffff ? [invalidValue(path, value, 'should be less than or equal to 2147483647')] : []
}

function readPath(object: unknown, path: string): Read {
  let value = object
  for (const field of path.replace(/^\./, '').split('.')) {
    if (value === undefined) return { value }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { problem: accessorError(path, value, 'map[string]interface{}') }
    }
    value = Object.hasOwn(value, field) ? (value as Readonly<Record<string, unknown>>)[field] : undefined
  }
  return { value }
}

function accessorError(path: string, value: unknown, expected: string): string {
  return `${path} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${expected}`
}
