import { parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import type { ClusterUpgradeStatus } from '../../core/upgrade/api/upgrade-status.ts'
import { isEndPhase } from '../../core/upgrade/run/run-phase.ts'

/** A ClusterUpgrade as the commands see it. */
export interface RunState {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly createdAt: string
  readonly generation: number
  /** Undefined when the spec cannot be read. */
  readonly version: string | undefined
  /** The version as it is written, also in a spec that cannot be read; undefined where none is. */
  readonly goal: string | undefined
  /** What is wrong with a spec that cannot be read: one sentence with the fix. */
  readonly problem: string | undefined
  readonly action: 'Run' | 'Pause' | 'Cancel'
  readonly continueFrom: number
  readonly status: ClusterUpgradeStatus
  /** The controller has looked at the spec as it is now. */
  readonly isSeen: boolean
}

/** Reads an object of the API; one that cannot be read has the name and the status that can. */
export function runState(object: unknown): RunState {
  const parsed = parseUpgrade(object)
  const { metadata, status = {} } = parsed.kind === 'Upgrade' ? parsed.upgrade : parsed
  const spec = parsed.kind === 'Upgrade' ? parsed.upgrade.spec : undefined
  const { creationTimestamp: createdAt = '' } = (object as { metadata?: { creationTimestamp?: string } }).metadata ?? {}
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    createdAt,
    generation: metadata.generation,
    version: spec?.version,
    goal: goalOf(object),
    problem: parsed.kind === 'Malformed' ? parsed.message : undefined,
    action: spec?.action ?? 'Run',
    continueFrom: spec?.continueFrom ?? 0,
    status,
    isSeen: status.observedGeneration === metadata.generation,
  }
}

/** What stands there is somebody's own text: no more of it is told than a version may have. */
function goalOf(object: unknown): string | undefined {
  const { spec } = (object ?? {}) as { readonly spec?: { readonly version?: unknown } | null }
  const version = spec?.version
  return typeof version === 'string' && /^[\w.+-]{1,63}$/.test(version) ? version : undefined
}

/** It does not go on by itself, and nothing of it is at work. What the controller has not looked at yet may. */
export function isAtRest({ status, isSeen }: RunState): boolean {
  const { phase, inFlight = [] } = status
  if (!isSeen || inFlight.length > 0) return false
  return isEndPhase(phase) || phase === 'Paused' || phase === 'Stopped' || phase === 'Refused'
}

/** It has ended for good; another spec would begin anew. */
export function hasEnded({ status, isSeen, action }: RunState): boolean {
  return isEndPhase(status.phase) && (isSeen || (status.phase === 'Cancelled' && action === 'Cancel'))
}
