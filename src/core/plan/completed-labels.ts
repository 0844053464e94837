import type { StringMap } from '../kubernetes/object-meta.ts'
import type { Plan } from './plan.ts'
import { planLabel } from './plan-label.ts'

/**
 * The labels that a node gets when its Job has succeeded: `spec.postCompleteLabels` with `$(LATEST_VERSION)` and `$(LATEST_HASH)` filled in,
 * and the Plan's own label, which wins.
 * Source: system-upgrade-controller v0.20.
 */
export function completedLabels({
  plan,
  latestVersion,
  hash,
}: {
  plan: Plan
  latestVersion: string
  hash: string
}): Record<string, string> {
  const variables = { LATEST_VERSION: latestVersion, LATEST_HASH: hash }
  const labels = Object.entries(plan.spec.postCompleteLabels ?? {}).map(([key, value]) => [key, expandVariables(value, variables)])
  return { ...Object.fromEntries(labels), [planLabel(plan.metadata.name)]: hash }
}

/**
 * Fills `$(NAME)` in; an unknown one stays as it stands, and `$$` becomes `$`, so that `$$(NAME)` gives `$(NAME)`.
 * Source: Kubernetes, Define Dependent Environment Variables.
 */
export function expandVariables(text: string, variables: StringMap): string {
  return text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (match, name?: string) => {
    if (name === undefined) return '$'
    return Object.hasOwn(variables, name) ? (variables[name] ?? match) : match
  })
}
