import { decideDrain, type SkippedPod } from '../drain/decide-drain.ts'
import type { BudgetFacts } from '../drain/disruption-budget.ts'
import { type NamespaceLabels, needsNamespaces } from '../drain/drain-rule.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { basicDrainPolicy } from './node-drain-policy.ts'
import type { UpgradeSettings } from './upgrade-settings.ts'

export interface ForeseenDrain {
  /** Pods that have to leave; 0 as well when it would be refused. */
  readonly pods: number
  /** Pods that spec.drain.rules leave on the node; absent where there are none. */
  readonly left?: number
  /** What would stop it, or who would make it wait as budgets are now: one clause. */
  readonly trouble?: string
}

export interface DrainOutlookInput {
  readonly node: NodeFacts
  readonly pods: readonly PodFacts[]
  readonly budgets: readonly BudgetFacts[] | undefined
  readonly drain: UpgradeSettings['drain']
  readonly namespaces?: NamespaceLabels | undefined
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/** Foresees the drain of a node as its pods and their budgets are now. DaemonSets are taken to exist. Pure. */
export function foreseeDrain({ node, pods, budgets, drain, namespaces, nowMs }: DrainOutlookInput): ForeseenDrain {
  if (namespaces === undefined && needsNamespaces(drain.rules)) {
    return { pods: 0, trouble: 'spec.drain.rules ask for labels of namespaces, which may not be read' }
  }
  const decision = decideDrain({
    node: { ...node, unschedulable: true },
    pods,
    budgets,
    daemonSetExists: () => true,
    policy: basicDrainPolicy(drain, namespaces),
    progress: { startedAtMs: nowMs, answers: new Map() },
    now: nowMs,
  })
  switch (decision.kind) {
    case 'Refused':
    case 'TimedOut':
      return { pods: 0, trouble: decision.message }
    case 'Work': {
      const [first] = decision.waiting
      const trouble = first === undefined ? {} : { trouble: `${first.pod.namespace}/${first.pod.name} ${first.why}` }
      return { pods: decision.left, ...leftByRules(decision.skipped), ...trouble }
    }
    case 'Drained':
      return { pods: 0, ...leftByRules(decision.skipped) }
    case 'Cordon':
      return { pods: 0 }
  }
}

function leftByRules(skipped: readonly SkippedPod[]): Pick<ForeseenDrain, 'left'> {
  const left = skipped.filter(({ reason }) => reason === 'Rule').length
  return left === 0 ? {} : { left }
}
