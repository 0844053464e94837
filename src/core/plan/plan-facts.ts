import type { BudgetFacts } from '../drain/disruption-budget.ts'
import type { DrainProgress } from '../drain/drain-input.ts'
import type { KnownVolumes } from '../drain/volumes-left.ts'
import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { Plan } from './plan.ts'
import type { PlanSettings } from './plan-settings.ts'

/** What the last poll of a channel brought; forgotten when the process ends (the Plan's status then says when the next is due). */
export interface ChannelFacts {
  readonly url: string
  readonly attemptedAtMs: number
  readonly outcome: { readonly kind: 'Version'; readonly version: string } | { readonly kind: 'Unusable'; readonly message: string }
  /** Failed polls in a row, 0 after a good one. */
  readonly failures: number
}

/** What a drain by the controller has to know about one node. */
export interface DrainFacts {
  readonly pods: readonly PodFacts[]
  /** Absent when the budgets may not be read. */
  readonly budgets?: readonly BudgetFacts[]
  readonly daemonSetExists: (namespace: string, name: string) => boolean | undefined
  readonly progress: DrainProgress
}

/** Why a Job failed, as its pods tell it; secrets are masked already. */
export interface FailureFacts {
  /** The last log lines, or a sentence on why they cannot be read. */
  readonly log: string
}

/** All that `decidePlan` needs to know. */
export interface PlanFacts extends KnownVolumes {
  readonly plan: Plan
  /** Every node of the cluster. */
  readonly nodes: readonly NodeFacts[]
  /** The Jobs that carry this controller's and this Plan's labels. */
  readonly jobs: readonly JobFacts[]
  /** Pods by Job name; `undefined` as a whole when pods may not be watched. */
  readonly podsByJob?: { get(jobName: string): readonly PodFacts[] | undefined }
  /** `secretHash` of those Secrets named in the Plan that exist. */
  readonly secretHashes: ReadonlyMap<string, string>
  readonly channel?: ChannelFacts
  /** `gitVersion` of the API server. */
  readonly apiServer: string
  /** By Job UID. */
  readonly failures: ReadonlyMap<string, FailureFacts>
  /** By node name: the answer of the API server to the last action for this node, if it refused that. */
  readonly refusals: ReadonlyMap<string, string>
  /** Milliseconds since the oldest cache was last proven fresh. */
  readonly factsAgeMs: number
  /** By node name; only nodes that an earlier decision asked for in `drainNodes`. */
  readonly drains: ReadonlyMap<string, DrainFacts>
  /** By node name: why the pods of a node that is to be drained cannot be read. */
  readonly drainProblems?: ReadonlyMap<string, string>
  /** Names of nodes on which another exclusive Plan has a Job at work. */
  readonly exclusiveElsewhere: ReadonlySet<string>
  /** Name of the ClusterUpgrade that is at work on this cluster, if one is. */
  readonly upgradeAtWork?: string
  /** `orderKey` of `node-selection.ts`; a shell may remember what it gave. */
  readonly orderKey: (nodeUid: string, planUid: string, hash: string) => string
  readonly settings: PlanSettings
  readonly controllerName: string
}
