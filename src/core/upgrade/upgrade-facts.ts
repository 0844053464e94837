import type { NamespaceLabels } from '../drain/drain-rule.ts'
import type { AttachedVolumes } from '../drain/volumes-left.ts'
import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { DrainFacts, FailureFacts } from '../plan/plan-facts.ts'
import type { Releases } from '../version/releases.ts'
import type { ClusterUpgrade } from './api/cluster-upgrade.ts'
import type { CanaryFacts } from './health/canary.ts'
import type { ClusterHealth } from './health/cluster-health.ts'
import type { HostWork } from './hosts/host-work.ts'
import type { ControllerImage } from './jobs/controller-image.ts'
import type { RebootLock } from './run/reboot-lock.ts'

/** Another ClusterUpgrade of the cluster. */
export interface OtherUpgrade {
  readonly name: string
  readonly uid: string
  readonly createdAtMs: number
  /** It has not ended. */
  readonly active: boolean
}

/** All that `decideUpgrade` needs to know. */
export interface UpgradeFacts {
  readonly upgrade: ClusterUpgrade
  /** Every node of the cluster. */
  readonly nodes: readonly NodeFacts[]
  /** Jobs of this run. */
  readonly jobs: readonly JobFacts[]
  /** By node name: recipes on hosts that this controller has begun with, or has found. Absent: it reaches no hosts. */
  readonly hostWork?: ReadonlyMap<string, HostWork>
  /** This controller has an inventory. */
  readonly reachesHosts?: boolean
  /** Nodes whose hosts had an address by which the API is reached, when an earlier decision last asked for that with `asksHolders`. */
  readonly addressHolders?: { readonly atMs: number; readonly nodes: readonly string[] }
  readonly podsByJob: { get(jobName: string): readonly PodFacts[] | undefined }
  /** Pods of the cluster by the name of their node; those of no node under ''. Absent while they are not known. */
  readonly podsByNode?: { get(node: string): readonly PodFacts[] }
  /** When a pod came, by the clock of the controller where that is known: epoch milliseconds. Absent: its own creation time. */
  readonly cameAtMs?: (pod: Pick<PodFacts, 'uid' | 'createdAtMs'>) => number
  /** Pods of the whole cluster that are not Ready and have not ended; absent while they are not known. */
  readonly unreadyPods?: readonly PodFacts[]
  /** How the cluster was when an earlier decision last asked for it with `readsHealth`. */
  readonly health?: ClusterHealth
  /** The canary that an earlier decision last asked for. */
  readonly canary?: CanaryFacts
  /** `gitVersion` of the API server that answered. */
  readonly apiServer: string
  /** Which versions there are. */
  readonly releases: Releases
  /** Milliseconds since the oldest cache was last proven fresh. */
  readonly factsAgeMs: number
  /** By Job UID. */
  readonly failures: ReadonlyMap<string, FailureFacts>
  /** By node name; only nodes that an earlier decision asked for in `drainNodes`. */
  readonly drains: ReadonlyMap<string, DrainFacts>
  /** Labels of namespaces; absent while they are not known, or no rule of a drain asks for them. */
  readonly namespaces?: NamespaceLabels
  /** By node name: why the pods of a node that is to be drained cannot be read. */
  readonly drainProblems: ReadonlyMap<string, string>
  /** Absent while they are not known; an earlier decision asked for them in `volumes`. */
  readonly volumes?: AttachedVolumes
  /** Why VolumeAttachments may not be watched: one clause with the fix. */
  readonly volumesProblem?: string
  /** By node name: what the API server answered to the last action for this node, if it refused that. */
  readonly refusals: ReadonlyMap<string, string>
  readonly others: readonly OtherUpgrade[]
  /** DaemonSets of kured, with its lock; absent while they are not known. */
  readonly rebootLocks?: readonly RebootLock[]
  /** `namespace/name` of Plans that have nodes in progress. */
  readonly plansAtWork: readonly string[]
  /** Name of the node that the controller runs on, where it runs in the cluster. */
  readonly ownNode?: string
  /** What recipes are carried out by, unless the spec names that; absent while no run has asked for it. */
  readonly controllerImage?: ControllerImage
  /** Namespace in which Jobs are made. */
  readonly namespace: string
}
