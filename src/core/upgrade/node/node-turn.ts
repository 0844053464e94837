import type { JobFacts } from '../../kubernetes/job-facts.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { UpgradeSettings } from '../api/upgrade-settings.ts'
import type { CanaryOrder } from '../health/canary.ts'
import type { HostWork } from '../hosts/host-work.ts'
import type { RunEntry } from '../run-journal.ts'
import type { RunPatch, UpgradeAction, UpgradeEvent } from '../upgrade-decision.ts'
import type { UpgradeFacts } from '../upgrade-facts.ts'

/** What is the same for all nodes of a run in one decision. */
export interface RunContext {
  readonly facts: UpgradeFacts
  readonly settings: UpgradeSettings
  readonly target: KubernetesVersion
  /** Number that a stop has, or would have if the run stopped now. */
  readonly stopNumber: number
  /** Epoch milliseconds. */
  readonly nowMs: number
  /** Nodes that may not be cordoned now, by name: what they wait for. */
  readonly held: ReadonlyMap<string, string>
}

/** A node with an entry of this run. */
export interface NodeAtWork {
  readonly node: NodeFacts
  readonly entry: RunEntry
  readonly jobs: readonly JobFacts[]
  /** What is known of the work on its host. */
  readonly host?: HostWork
}

/** Why a node could not be brought to its version. `message` is one sentence with the evidence and the fix. */
export interface NodeFailure {
  readonly reason:
    | 'StageFailed'
    | 'DrainFailed'
    | 'DetachFailed'
    | 'JobFailed'
    | 'HostFailed'
    /** What the host does now is not known: its node is kept away from pods. */
    | 'HostUnknown'
    | 'NotReached'
    | 'NotReady'
    | 'SoakFailed'
    /** The controllers of the cluster do nothing, though every node is Ready. */
    | 'ControllersBlind'
    | 'NoImage'
    | 'NoRecipe'
  readonly message: string
}

/** What happens next to one node. */
export interface NodeTurn {
  /** `Given`: nothing of the run is left on it. `Failing`: it has just failed. `Failed`: it failed before. */
  readonly kind: 'Working' | 'Given' | 'Failing' | 'Failed'
  readonly actions: readonly UpgradeAction[]
  /** What it waits for. */
  readonly message?: string
  readonly failure?: NodeFailure
  /** Its pods have to be watched. */
  readonly drains?: true
  /** PersistentVolumes whose claims the next decision needs. */
  readonly lookUp?: readonly string[]
  /** Whether the controllers are alive has to be looked at. */
  readonly asksCanary?: CanaryOrder
  /** What has to be told once, when the actions are carried out. */
  readonly events?: readonly UpgradeEvent[]
  readonly wakeAtMs?: number
}

export function working(actions: readonly UpgradeAction[], more: Omit<NodeTurn, 'kind' | 'actions'> = {}): NodeTurn {
  return { kind: 'Working', actions, ...more }
}

export function failing(failure: NodeFailure): NodeTurn {
  return { kind: 'Failing', actions: [], failure }
}

export function patchNode({ node }: Pick<NodeAtWork, 'node'>, patch: RunPatch): UpgradeAction {
  return { kind: 'PatchNode', node: node.name, patch }
}

/** The entry as it is when another step begins. */
export function atStep(entry: RunEntry, step: RunEntry['step'], nowMs: number, more: Partial<RunEntry> = {}): RunEntry {
  const { failure: _, ...rest } = entry
  return { ...rest, step, since: timestamp(nowMs), ...more }
}
