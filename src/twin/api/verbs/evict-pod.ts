import { decideEviction, type EvictionVerdict } from '../../../core/drain/decide-eviction.ts'
import { type BudgetFacts, type BudgetStatus, budgetFacts, budgetsOf } from '../../../core/drain/disruption-budget.ts'
import type { LabelSelector } from '../../../core/kubernetes/label-selector.ts'
import { podFacts } from '../../../core/kubernetes/pod-facts.ts'
import { apiTime } from '../../api-time.ts'
import { compiledSelector } from '../../compiled-selector.ts'
import type { KubeObject } from '../../kube-object.ts'
import { withPodCondition } from '../../pod-condition.ts'
import type { ObjectKey } from '../../twin-client.ts'
import type { DeleteOptions } from '../decide-deletion.ts'
import type { Registry, WriteOptions } from '../registry.ts'
import type { ResourceType } from '../resource-type.ts'
import { type StatusDetails, StatusError } from '../status-error.ts'

const budgetResource = 'poddisruptionbudgets.policy'
/** From then on an evicted pod says so in a condition. Source: Kubernetes feature gates, PodDisruptionConditions. */
const conditionSinceMinor = 26
/** From then on an empty selector selects all. Source: Kubernetes deprecation guide, policy/v1. */
const emptySelectsAllSince = 21
/** From then on unhealthyPodEvictionPolicy counts. Source: KEP-3017. */
const unhealthyPolicySince = 27
/** A pod that changes while it is judged is judged anew, so often. */
const mostTries = 20

/** Before, a refusal does not say when to come again. Source: Kubernetes v1.20, createTooManyRequestsError. */
const retryAfterSince = 22

export interface Eviction {
  readonly registry: Registry
  readonly pods: ResourceType
  readonly key: ObjectKey
  readonly deleteOptions: DeleteOptions
  readonly options: WriteOptions
}

/**
 * Evicts a pod: uses up its budget, marks it, deletes it. All that is decided happens in one turn, so two evictions never count on the same budget.
 * Throws `StatusError` 403, 404, 409, 429 or 500. Source: Kubernetes, registry/core/pod/storage/eviction.go.
 */
export async function evictPod(eviction: Eviction): Promise<void> {
  const { registry, pods, key, options } = eviction
  for (let tries = 1; ; tries += 1) {
    const pod = registry.get(pods, key)
    const verdict = decideEviction(podFacts(pod), guarding(registry, pod), registry.clock.now())
    if (verdict.verdict === 'Refuse') throw refusal(verdict, registry.catalog.minor)
    try {
      await carryOut(eviction, pod, verdict)
      return
    } catch (error) {
      const own = eviction.deleteOptions.preconditions?.resourceVersion !== undefined
      if (!(error instanceof StatusError) || error.code !== 409 || own || tries === mostTries) throw error
      if (options.dryRun === true) throw error
    }
  }
}

async function carryOut({ registry, pods, key, deleteOptions, options }: Eviction, pod: KubeObject, verdict: Allowed): Promise<void> {
  const dryRun = options.dryRun === true
  if (verdict.consumes !== undefined && !dryRun) consume(registry, verdict.consumes)
  const marked =
    registry.catalog.minor >= conditionSinceMinor
      ? registry.rewrite(pods, key, (it) => withPodCondition(it, disrupted, registry.clock.now()), dryRun)
      : pod
  const version = verdict.resourceVersion === undefined ? undefined : marked.metadata.resourceVersion
  const preconditions = { ...(version === undefined ? {} : { resourceVersion: version }), ...deleteOptions.preconditions }
  await registry.delete(pods, key, { ...deleteOptions, preconditions }, options)
}

type Allowed = Extract<EvictionVerdict, { verdict: 'Allow' }>

function guarding(registry: Registry, pod: KubeObject): readonly BudgetFacts[] {
  const { minor } = registry.catalog
  const version = minor >= emptySelectsAllSince ? 'v1' : 'v1beta1'
  const { namespace, labels = {} } = pod.metadata
  // Without labels a pod is looked for in no budget, not even in one that selects all.
  if (Object.keys(labels).length === 0 && minor < emptySelectsAllSince) return []
  const selecting = registry.store.list(budgetResource, namespace).filter((budget) => {
    const selector = (budget.spec as { readonly selector?: LabelSelector | null } | undefined)?.selector
    return selector !== undefined && selector !== null && compiledSelector(selector).matches(labels)
  })
  const budgets = selecting.map((budget): BudgetFacts => {
    const facts = budgetFacts({ ...budget, apiVersion: `policy/${version}` })
    return minor >= unhealthyPolicySince ? facts : { ...facts, unhealthyPodEvictionPolicy: 'IfHealthyBudget' }
  })
  // an empty selector does not mean the same in all versions
  return budgetsOf(podFacts(pod), budgets)
}

function consume(registry: Registry, { budget, status }: { readonly budget: BudgetFacts; readonly status: BudgetStatus }): void {
  const type = registry.catalog.get(budgetResource)
  if (type === undefined) return
  registry.rewrite(type, { namespace: budget.namespace, name: budget.name }, (object) => ({
    ...object,
    status: {
      ...(object.status as object | undefined),
      disruptionsAllowed: status.disruptionsAllowed,
      disruptedPods: Object.fromEntries(Object.entries(status.disruptedPods).map(([name, atMs]) => [name, apiTime(atMs)])),
    },
  }))
}

const disrupted = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' } as const

type Refused = Extract<EvictionVerdict, { verdict: 'Refuse' }>

function refusal({ code, reason, message, cause, retryAfterSeconds }: Refused, minor: number): StatusError {
  if (code === 500) return new StatusError(500, '', message)
  const details: StatusDetails = {
    ...(code === 403 ? forbiddenDetails(message) : {}),
    ...(cause === undefined ? {} : { causes: [{ reason: 'DisruptionBudget', message: cause }] }),
    ...(retryAfterSeconds === undefined || minor < retryAfterSince ? {} : { retryAfterSeconds }),
  }
  return new StatusError(code, reason, message, details)
}

/** The budget that the message names. */
function forbiddenDetails(message: string): StatusDetails {
  const name = /"([^"]*)"/.exec(message)?.[1] ?? ''
  return { name, group: 'policy', kind: 'poddisruptionbudget' }
}
