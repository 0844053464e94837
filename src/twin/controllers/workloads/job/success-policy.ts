import type { SuccessPolicy, SuccessPolicyRule } from 'kubernetes-types/batch/v1'
import { parseIndexes } from './completion-indexes.ts'

/**
 * Which rule of a success policy is fulfilled by the indexes that are done, in words; `undefined` when none is.
 * Source: Kubernetes documentation, Job success policy.
 */
export function successMatch(policy: SuccessPolicy | undefined, done: readonly number[], completions: number): string | undefined {
  const at = (policy?.rules ?? []).findIndex((rule) => done.length > 0 && isFulfilled(rule, done, completions))
  return at < 0 ? undefined : `Matched rules at index ${at}`
}

function isFulfilled({ succeededCount, succeededIndexes }: SuccessPolicyRule, done: readonly number[], completions: number): boolean {
  if (succeededIndexes === undefined) return succeededCount !== undefined && done.length >= succeededCount
  const wanted = new Set(parseIndexes(succeededIndexes, completions))
  return done.filter((index) => wanted.has(index)).length >= (succeededCount ?? wanted.size)
}
