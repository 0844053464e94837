import type { NamespaceCondition } from 'kubernetes-types/core/v1'
import { groupResource } from '../../api/status-error.ts'
import { apiTime } from '../../api-time.ts'

/** What is left of a namespace's content after everything in it has been deleted. */
export interface RemainingContent {
  /** How many objects, by resource as the store names it. */
  readonly resources: ReadonlyMap<string, number>
  /** How many objects wait, by finalizer. */
  readonly finalizers: ReadonlyMap<string, number>
  /** What could not be deleted, in the API server's words. */
  readonly failures: readonly string[]
}

interface ConditionText {
  readonly type: string
  readonly reason: string
  readonly message: string
}

/** While nothing is wrong, in the order in which they are written. Source: Kubernetes namespace controller. */
const allWell: readonly ConditionText[] = [
  { type: 'NamespaceDeletionDiscoveryFailure', reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
  { type: 'NamespaceContentRemaining', reason: 'ContentRemoved', message: 'All content successfully removed' },
  { type: 'NamespaceFinalizersRemaining', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
]

/** `status.conditions` of a namespace that is being deleted; the stored list itself when nothing is different. */
export function contentConditions(
  stored: readonly NamespaceCondition[],
  remaining: RemainingContent,
  nowMs: number,
): readonly NamespaceCondition[] {
  const problems = new Map(problemsOf(remaining).map((problem) => [problem.type, problem]))
  const next = allWell.map((well) => {
    const problem = problems.get(well.type)
    const status = problem === undefined ? 'False' : 'True'
    const old = stored.find(({ type }) => type === well.type)
    const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? apiTime(nowMs)) : apiTime(nowMs)
    const { type, reason, message } = problem ?? well
    return { lastTransitionTime, message, reason, status, type }
  })
  const others = stored.filter(({ type }) => allWell.every((well) => well.type !== type))
  const same = next.every(({ type, status, reason, message }) =>
    stored.some((old) => old.type === type && old.status === status && old.reason === reason && old.message === message),
  )
  return same ? stored : [...others, ...next]
}

function problemsOf({ resources, finalizers, failures }: RemainingContent): readonly ConditionText[] {
  return [
    ...(failures.length === 0 ? [] : [failure(failures)]),
    ...(resources.size === 0 ? [] : [contentRemains(resources)]),
    ...(finalizers.size === 0 ? [] : [finalizersRemain(finalizers)]),
  ]
}

function failure(failures: readonly string[]): ConditionText {
  const message = `Failed to delete all resource types, ${failures.length} remaining: ${[...failures].sort().join(', ')}`
  return { type: 'NamespaceDeletionContentFailure', reason: 'ContentDeletionFailed', message }
}

function contentRemains(resources: ReadonlyMap<string, number>): ConditionText {
  // With a dot also where there is no group, as in Kubernetes.
  const list = [...resources].map(([resource, count]) => `${dotted(resource)} has ${count} resource instances`).sort()
  const message = `Some resources are remaining: ${list.join(', ')}`
  return { type: 'NamespaceContentRemaining', reason: 'SomeResourcesRemain', message }
}

function finalizersRemain(finalizers: ReadonlyMap<string, number>): ConditionText {
  const list = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort()
  const message = `Some content in the namespace has finalizers remaining: ${list.join(', ')}`
  return { type: 'NamespaceFinalizersRemaining', reason: 'SomeFinalizersRemain', message }
}

function dotted(resource: string): string {
  return resource.includes('.') ? resource : `${groupResource('', resource)}.`
}
