import { forbiddenValue, requiredValue } from '../../field-problem.ts'
import { invalid, type StatusCause, type StatusError } from '../../status-error.ts'
import { fieldManagerProblems } from './field-manager-problems.ts'

export interface PatchOptions {
  readonly fieldManager: string | null
  /** As it stands in the query, absent when it does not. */
  readonly force: string | null
  readonly isApply: boolean
}

/** Why a patch is refused for its `fieldManager` or `force`: 422, undefined when it is not. */
export function patchOptionsProblem({ fieldManager, force, isApply }: PatchOptions): StatusError | undefined {
  const causes = [...forceProblem(force, isApply), ...managerProblems(fieldManager ?? '', isApply)]
  return causes.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind: 'PatchOptions', name: '' }, causes)
}

function forceProblem(force: string | null, isApply: boolean): readonly StatusCause[] {
  if (isApply || force === null) return []
  return [forbiddenValue('force', 'may not be specified for non-apply patch')]
}

function managerProblems(name: string, isApply: boolean): readonly StatusCause[] {
  if (name === '') return isApply ? [requiredValue('fieldManager', 'is required for apply patch')] : []
  return fieldManagerProblems(name)
}
