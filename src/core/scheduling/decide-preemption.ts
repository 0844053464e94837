import { type BudgetFacts, budgetLookup } from '../drain/disruption-budget.ts'
import { nodeRejection, prepareFilters } from './node-filters.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { bestCandidate, moreImportantFirst, type PreemptionCandidate } from './preemption-candidate.ts'
import { type Rejection, unresolvable } from './rejection.ts'
import type { UnschedulableVerdict } from './schedule-pod.ts'
import type { SchedulingCycle } from './scheduling-cycle.ts'
import { countedReasons } from './unschedulable-message.ts'

export interface PreemptionInput {
  readonly cycle: SchedulingCycle
  /** Why the pod fits nowhere. */
  readonly verdict: UnschedulableVerdict
  /** Budgets of all namespaces, with their status. */
  readonly budgets: readonly BudgetFacts[]
  /** From 0 up to, and without, 1; where to begin among many nodes. */
  readonly random: () => number
}

/** Who goes, or why nobody. */
export type PreemptionVerdict =
  | {
      readonly kind: 'Preempt'
      readonly nodeName: string
      /** The more important first. */
      readonly victims: readonly PodInfo[]
      /** Less important pods that were meant for the node: they look for another. */
      readonly displaced: readonly PodInfo[]
    }
  | {
      readonly kind: 'Refuse'
      /** For the message of the pod; what newer schedulers say after `preemption: `. */
      readonly message: string
      /** Whether a node that the pod was meant for is given up. */
      readonly nomination: 'Keep' | 'Clear'
    }

/**
 * Finds the node where a pod would fit without some less important ones: as few budgets broken as possible, then the least important victims,
 * then the fewest. Nothing is changed. Source: kube-scheduler, DefaultPreemption.
 */
export function decidePreemption(input: PreemptionInput): PreemptionVerdict {
  const { cycle, verdict } = input
  const { pod, cache, minor } = cycle
  const obstacle = ineligibility(cycle, verdict)
  if (obstacle !== undefined) return { kind: 'Refuse', message: obstacle, nomination: 'Keep' }
  const hopeful = cache.nodes().filter(({ name }) => verdict.rejections.get(name)?.code !== 'UnschedulableAndUnresolvable')
  const { candidates, rejections } = dryRun(input, hopeful)
  const best = bestCandidate(candidates)
  if (best === undefined) {
    const message = `0/${cache.nodes().length} nodes are available: ${countedReasons([...rejections, ...unhelped(cycle, hopeful)])}.`
    return { kind: 'Refuse', message, nomination: hopeful.length === 0 || minor >= 22 ? 'Clear' : 'Keep' }
  }
  const displaced = cache.nominatedFor(best.nodeName).filter(({ priority, uid }) => priority < pod.priority && uid !== pod.uid)
  return { kind: 'Preempt', nodeName: best.nodeName, victims: best.victims, displaced }
}

function unhelped({ cache }: SchedulingCycle, hopeful: readonly NodeInfo[]): readonly Rejection[] {
  const rejection = unresolvable('NodeResourcesFit', 'Preemption is not helpful for scheduling')
  return Array.from({ length: cache.nodes().length - hopeful.length }, () => rejection)
}

/** Why the pod may not push anybody aside now; undefined when it may. */
function ineligibility({ pod, cache, minor }: SchedulingCycle, { rejections }: UnschedulableVerdict): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nodeName = pod.pod.status?.nominatedNodeName ?? ''
  const node = nodeName === '' ? undefined : cache.node(nodeName)
  if (node === undefined || rejections.get(nodeName)?.code === 'UnschedulableAndUnresolvable') return undefined
  for (const other of node.pods.values()) {
    if (other.terminating && other.priority < pod.priority && (minor < 28 || isPreempted(other))) {
      return 'not eligible due to terminating pod on the nominated node.'
    }
  }
  return undefined
}

function isPreempted({ pod }: PodInfo): boolean {
  const conditions = pod.status?.conditions ?? []
  return conditions.some(
    ({ type, status, reason }) => type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  )
}

type BudgetLookup = ReturnType<typeof budgetLookup>

interface DryRun {
  readonly candidates: readonly PreemptionCandidate[]
  readonly rejections: readonly Rejection[]
}

/** Tries nodes from a random one on, until there are enough candidates, of which one breaks no budget. */
function dryRun({ cycle, budgets, random }: PreemptionInput, nodes: readonly NodeInfo[]): DryRun {
  const budgetsOf = budgetLookup(budgets)
  const enough = Math.min(nodes.length, Math.max(Math.trunc(nodes.length / 10), 100))
  const offset = Math.trunc(random() * nodes.length)
  const candidates: PreemptionCandidate[] = []
  const rejections: Rejection[] = []
  for (let at = 0; at < nodes.length; at += 1) {
    if (candidates.length >= enough && candidates.some(({ violations }) => violations === 0)) break
    const node = nodes[(offset + at) % nodes.length]
    if (node === undefined) break
    const outcome = victimsOn(cycle, node, budgetsOf)
    if ('nodeName' in outcome) candidates.push(outcome)
    else rejections.push(outcome)
  }
  return { candidates, rejections }
}

const noVictims = unresolvable('NodeResourcesFit', 'No preemption victims found for incoming pod')

/** The pods that would have to go from one node; the cache is as before in the end. */
function victimsOn(cycle: SchedulingCycle, node: NodeInfo, budgetsOf: BudgetLookup): PreemptionCandidate | Rejection {
  const { cache, pod } = cycle
  const lessImportant = [...node.pods.values()].filter(({ priority }) => priority < pod.priority)
  if (lessImportant.length === 0) return noVictims
  for (const other of lessImportant) cache.removePod(other.uid)
  const rejection = rejectionNow(cycle, node)
  const victims = rejection === undefined ? withoutReprieved(cycle, node, splitByBudget(lessImportant, budgetsOf)) : undefined
  for (const other of lessImportant) cache.addPod(other)
  if (victims === undefined) return rejection ?? noVictims
  return { nodeName: node.name, ...victims }
}

interface Victims {
  readonly victims: readonly PodInfo[]
  readonly violations: number
}

/** Brings back one pod after the other, those with a broken budget first, as long as the pod still fits. */
function withoutReprieved(cycle: SchedulingCycle, node: NodeInfo, { violating, others }: SplitPods): Victims {
  const goes = (pod: PodInfo) => {
    cycle.cache.addPod(pod)
    if (rejectionNow(cycle, node) === undefined) return false
    cycle.cache.removePod(pod.uid)
    return true
  }
  const victims = violating.filter(goes)
  return { violations: victims.length, victims: [...victims, ...others.filter(goes)].sort(moreImportantFirst) }
}

function rejectionNow(cycle: SchedulingCycle, node: NodeInfo): Rejection | undefined {
  const filters = prepareFilters(cycle)
  return filters.kind === 'Ready' ? nodeRejection(cycle, filters.checks, node) : filters.rejection
}

interface SplitPods {
  readonly violating: readonly PodInfo[]
  readonly others: readonly PodInfo[]
}

/** Which pods, the more important first, would use up more than their budgets allow. */
function splitByBudget(pods: readonly PodInfo[], budgetsOf: BudgetLookup): SplitPods {
  const left = new Map<BudgetFacts, number>()
  const violating: PodInfo[] = []
  const others: PodInfo[] = []
  for (const pod of [...pods].sort(moreImportantFirst)) {
    let violates = false
    for (const budget of budgetsOf(pod)) {
      // Its disruption is counted already.
      if (Object.hasOwn(budget.status.disruptedPods, pod.name)) continue
      const remaining = (left.get(budget) ?? budget.status.disruptionsAllowed) - 1
      left.set(budget, remaining)
      violates ||= remaining < 0
    }
    ;(violates ? violating : others).push(pod)
  }
  return { violating, others }
}
