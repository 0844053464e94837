import { decideDrain } from '../../drain/decide-drain.ts'
import type { BudgetFacts } from '../../drain/disruption-budget.ts'
import type { SkippedPod } from '../../drain/drain-input.ts'
import { type NamespaceLabels, needsNamespaces } from '../../drain/drain-rule.ts'
import { type AttachedVolumes, judgeVolumes, volumesToLeave } from '../../drain/volumes-left.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import type { UpgradeSettings } from '../api/upgrade-settings.ts'
import { basicDrainPolicy } from '../node/node-drain-policy.ts'

/** Drivers detach within seconds, some within a minute or two. */
const hungAfterMs = 300_000

export interface ForeseenDrain {
  /** Pods that have to leave; 0 as well when it would be refused. */
  readonly pods: number
  /** Pods that spec.drain.rules leave on the node; absent where there are none. */
  readonly left?: number
  /** Volumes of pods that leave, which have to be detached before the node is changed; absent where there are none or they are not known. */
  readonly volumes?: number
  /** What would stop it, or who would make it wait as budgets are now: one clause. */
  readonly trouble?: string
}

export interface DrainOutlookInput {
  readonly node: NodeFacts
  readonly pods: readonly PodFacts[]
  readonly budgets: readonly BudgetFacts[] | undefined
  readonly drain: UpgradeSettings['drain']
  readonly namespaces?: NamespaceLabels | undefined
  /** Absent: they may not be read, or nobody waits for them. */
  readonly volumes?: AttachedVolumes | undefined
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/** Foresees the drain of a node as its pods and their budgets are now. DaemonSets are taken to exist. Pure. */
export function foreseeDrain(input: DrainOutlookInput): ForeseenDrain {
  const { node, pods, budgets, drain, namespaces, nowMs } = input
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
      return { pods: decision.left, ...leftByRules(decision.skipped), ...volumesThatLeave(decision.skipped, input), ...trouble }
    }
    case 'Drained':
      return { pods: 0, ...leftByRules(decision.skipped), ...volumesThatLeave(decision.skipped, input) }
    case 'Cordon':
      return { pods: 0 }
  }
}

function leftByRules(skipped: readonly SkippedPod[]): Pick<ForeseenDrain, 'left'> {
  const left = skipped.filter(({ reason }) => reason === 'Rule').length
  return left === 0 ? {} : { left }
}

/** What hangs already will not be detached in time either. */
function volumesThatLeave(
  skipped: readonly SkippedPod[],
  { node, volumes, nowMs }: DrainOutlookInput,
): Pick<ForeseenDrain, 'volumes' | 'trouble'> {
  if (volumes === undefined) return {}
  const pods = skipped.map(({ pod }) => pod)
  const left = volumesToLeave({ node, pods, volumes })
  if (left.length === 0) return {}
  const hung = left.filter(
    ({ detachError, detachingSinceMs = nowMs }) => detachError !== undefined || detachingSinceMs <= nowMs - hungAfterMs,
  )
  const judged = judgeVolumes({ node, pods, volumes: { ...volumes, attachments: { get: () => hung } }, drainedAtMs: nowMs })
  return { volumes: left.length, ...(judged.kind === 'Attached' ? { trouble: judged.message } : {}) }
}
