import type { ReplicaSet } from 'kubernetes-types/apps/v1'
import type { Node } from 'kubernetes-types/core/v1'
import { decideEviction } from '../../core/drain/decide-eviction.ts'
import { type BudgetFacts, budgetFacts, budgetLookup } from '../../core/drain/disruption-budget.ts'
import { classifyPod } from '../../core/drain/drain-filter.ts'
import type { DrainPolicy } from '../../core/drain/drain-policy.ts'
import { type PodFacts, podFacts } from '../../core/kubernetes/pod-facts.ts'
import { as } from '../kube-object.ts'
import type { ApiAvailability } from '../machine/etcd-quorum.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { NodeUpgrade } from './node-upgrade.ts'
import { type Cause, podCause } from './pod-cause.ts'

export interface DiagnosisInput {
  readonly store: ObjectStore
  readonly upgrades: readonly Pick<NodeUpgrade, 'node' | 'state' | 'problem'>[]
  readonly availability: ApiAvailability
  readonly policy: DrainPolicy
  readonly nowMs: number
}

/** Everything that keeps the nodes under way from going on, each once: what they wait for, and what that waits for. */
export function diagnose(input: DiagnosisInput): readonly Cause[] {
  const { store, upgrades, availability } = input
  const open = upgrades.filter(({ state }) => state !== 'Done')
  const pods = store.list('pods').map((pod) => podFacts(pod))
  const causes: Cause[] = []
  if (availability.kind !== 'Available') causes.push({ reason: 'ApiUnavailable', object: 'kube-apiserver', message: availability.message })
  for (const upgrade of open) causes.push(...nodeCauses(upgrade, pods, input))
  if (causes.length > 0) causes.push(...deniedCreations(store))
  return unique(causes)
}

function nodeCauses(upgrade: DiagnosisInput['upgrades'][number], pods: readonly PodFacts[], input: DiagnosisInput): readonly Cause[] {
  switch (upgrade.state) {
    case 'Draining':
      return drainCauses(upgrade, pods, input)
    case 'Verifying':
      return verifyCauses(upgrade.node, input.store)
    case 'Soaking':
      return pods.flatMap((pod) => (pod.phase === 'Pending' || pod.deletionAtMs !== undefined ? (podCause(pod) ?? []) : []))
    case 'Cordoning':
    case 'Uncordoning':
      return [{ reason: 'ApiUnavailable', object: 'kube-apiserver', message: upgrade.problem ?? 'no answer yet' }]
    case 'Waiting':
    case 'Drained':
    case 'Done':
      return []
  }
}

function drainCauses(
  { node, problem = '' }: DiagnosisInput['upgrades'][number],
  pods: readonly PodFacts[],
  input: DiagnosisInput,
): Cause[] {
  const { store, policy, nowMs } = input
  const budgets = store.list('poddisruptionbudgets.policy').map((budget) => budgetFacts(budget))
  const guardsOf = budgetLookup(budgets)
  const exists = (namespace: string, name: string) => store.get('daemonsets.apps', namespace, name) !== undefined
  const causes = pods
    .filter(({ nodeName }) => nodeName === node)
    .flatMap((pod): Cause[] => {
      const verdict = classifyPod(pod, policy, exists, nowMs)
      const object = `${pod.namespace}/${pod.name}`
      if (verdict.verdict === 'Refuse') return [{ reason: 'PodRefused', object, message: verdict.message }]
      if (verdict.verdict === 'Skip') return []
      if (pod.deletionAtMs !== undefined) return [podCause(pod) ?? []].flat()
      return policy.disableEviction ? [] : refusals(pod, guardsOf(pod), { pods, guardsOf, nowMs })
    })
  if (causes.length > 0 || problem === '') return [...causes, ...unreadyNode(node, store)]
  return [{ reason: /webhook|denied/.test(problem) ? 'EvictionDenied' : 'ApiUnavailable', object: node, message: problem }]
}

interface Guarding {
  readonly pods: readonly PodFacts[]
  readonly guardsOf: (pod: PodFacts) => readonly BudgetFacts[]
  readonly nowMs: number
}

/** Why the eviction of a pod is refused, with the pods that keep the budget down. */
function refusals(pod: PodFacts, guards: readonly BudgetFacts[], { pods, guardsOf, nowMs }: Guarding): Cause[] {
  const verdict = decideEviction(pod, guards, nowMs)
  const [budget] = guards
  if (verdict.verdict === 'Allow' || budget === undefined) return []
  const object = `${pod.namespace}/${pod.name}`
  if (verdict.code === 500) {
    const names = guards.map(({ name }) => name).join(', ')
    return [{ reason: 'SeveralBudgets', object, message: `is guarded by more than one PodDisruptionBudget: ${names}` }]
  }
  const { name, namespace, status } = budget
  const { desiredHealthy, currentHealthy, expectedPods } = status
  const never = desiredHealthy >= expectedPods ? ' and so never lets one go' : ''
  const message = `needs ${desiredHealthy} healthy of ${expectedPods} pods, has ${currentHealthy}${never}`
  const down = pods.filter((other) => guardsOf(other).includes(budget)).flatMap((other) => podCause(other) ?? [])
  return [{ reason: 'BudgetExhausted', object: `${namespace}/${name}`, message }, ...down]
}

function verifyCauses(name: string, store: ObjectStore): Cause[] {
  const unready = unreadyNode(name, store)
  if (unready.length > 0) return unready
  const version = as<Node>(store.get('nodes', undefined, name) ?? {}).status?.nodeInfo?.kubeletVersion ?? 'none'
  return [{ reason: 'VersionNotReached', object: name, message: `is Ready and reports ${version}` }]
}

function unreadyNode(name: string, store: ObjectStore): Cause[] {
  const node = store.get('nodes', undefined, name)
  const ready = node === undefined ? undefined : as<Node>(node).status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready === undefined || ready.status === 'True') return []
  return [{ reason: 'NodeNotReady', object: name, message: ready.message ?? ready.reason ?? '' }]
}

/** Pods that are wanted and refused. */
function deniedCreations(store: ObjectStore): Cause[] {
  return store.list('replicasets.apps').flatMap((object): Cause[] => {
    const failure = as<ReplicaSet>(object).status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
    if (failure === undefined) return []
    return [{ reason: 'CreationDenied', object: `${object.metadata.namespace}/${object.metadata.name}`, message: failure.message ?? '' }]
  })
}

function unique(causes: readonly Cause[]): readonly Cause[] {
  const seen = new Set<string>()
  return causes.filter(({ reason, object }) => {
    const key = `${reason} ${object}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
