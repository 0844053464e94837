import { decideDrain } from '../drain/decide-drain.ts'
import type { BudgetFacts } from '../drain/disruption-budget.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { UpgradeSettings } from './upgrade-settings.ts'

export interface ForeseenDrain {
  /** Pods that have to leave; 0 as well when it would be refused. */
  readonly pods: number
  /** What would stop it, or who would make it wait as budgets are now: one clause. */
  readonly trouble?: string
}

export interface DrainOutlookInput {
  readonly node: NodeFacts
  readonly pods: readonly PodFacts[]
  readonly budgets: readonly BudgetFacts[] | undefined
  readonly drain: UpgradeSettings['drain']
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/** Foresees the drain of a node as its pods and their budgets are now. DaemonSets are taken to exist. Pure. */
export function foreseeDrain({ node, pods, budgets, drain, nowMs }: DrainOutlookInput): ForeseenDrain {
  const decision = decideDrain({
    node: { ...node, unschedulable: true },
    pods,
    budgets,
    daemonSetExists: () => true,
    policy: {
      force: drain.force,
      ignoreDaemonSets: true,
      deleteEmptyDirData: drain.deleteEmptyDirData,
      disableEviction: false,
      skipWaitForDeleteTimeoutSeconds: 0,
    },
    progress: { startedAtMs: nowMs, answers: new Map() },
    now: nowMs,
  })
  switch (decision.kind) {
    case 'Refused':
    case 'TimedOut':
      return { pods: 0, trouble: decision.message }
    case 'Work': {
      const [first] = decision.waiting
      return { pods: decision.left, ...(first === undefined ? {} : { trouble: `${first.pod.namespace}/${first.pod.name} ${first.why}` }) }
    }
    case 'Cordon':
    case 'Drained':
      return { pods: 0 }
  }
}
