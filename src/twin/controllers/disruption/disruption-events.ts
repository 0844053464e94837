import { type BudgetPod, countsScale } from '../../../core/drain/budget-status.ts'
import type { BudgetFacts, BudgetStatus } from '../../../core/drain/disruption-budget.ts'
import type { LabelSelector } from '../../../core/kubernetes/label-selector.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { TwinEvent } from '../../twin-client.ts'

const component = 'controllermanager'

/** What a disruption controller says about a budget that it has looked at. Source: Kubernetes disruption controller. */
export function budgetEvents(
  budget: KubeObject,
  facts: BudgetFacts,
  pods: readonly BudgetPod[],
  computed: BudgetStatus,
): readonly TwinEvent[] {
  const about = { about: budget, component }
  if (pods.length === 0) return [{ ...about, type: 'Normal', reason: 'NoPods', message: 'No matching pods found' }]
  if (computed.syncFailed !== undefined) return failureEvents(budget, computed.syncFailed)
  if (!countsScale(facts) || pods.every(({ controller }) => controller !== undefined)) return []
  const message =
    `Pods selected by this PodDisruptionBudget (selector: ${goText(facts.selector)}) were found to be unmanaged. As a result, the status of ` +
    'the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ' +
    '".spec.minAvailable" field of the PDB to an integer value.'
  return [{ ...about, type: 'Warning', reason: 'UnmanagedPods', message }]
}

function failureEvents(budget: KubeObject, problem: string): readonly TwinEvent[] {
  const event = { about: budget, component, type: 'Warning' } as const
  const message = `Failed to calculate the number of expected pods: ${problem}`
  const failed = { ...event, reason: 'CalculateExpectedPodCountFailed', message }
  if (problem.startsWith('found no controller ref')) return [{ ...event, reason: 'NoControllerRef', message: problem }, failed]
  if (problem.startsWith('found no controllers')) return [{ ...event, reason: 'NoControllers', message: problem }, failed]
  return [failed]
}

/** A pod whose eviction was granted and that was not deleted in time. The namespace stands twice, as in Kubernetes. */
export function notDeletedEvent(pod: KubeObject): TwinEvent {
  const namespace = pod.metadata.namespace ?? ''
  const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
  return { about: pod, type: 'Warning', reason: 'NotDeleted', message, component }
}

/** As Go prints a selector. */
function goText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
