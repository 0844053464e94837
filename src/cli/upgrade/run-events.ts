import type { ClusterUpgradeStatus } from '../../core/upgrade/api/upgrade-status.ts'
import type { ExitCode } from './exit-code.ts'
import type { FollowEnd } from './follow-run.ts'
import type { RunState } from './run-state.ts'

/** How a command leaves a run that it has followed. */
export interface RunEnd {
  /** `Unchanged`: it was where it should be, and nothing was made. */
  readonly reason: FollowEnd['kind'] | 'Unchanged'
  readonly exitCode: ExitCode
}

/** One line of `-o json`. Fields are added with time, and none is taken away. `docs/cli.md` shows them. */
export type RunEvent = { readonly time: string; readonly name: string } & (
  | {
      /** The run as it is now: the first that is seen, and each change. */
      readonly event: 'Status'
      readonly uid: string
      readonly generation: number
      readonly version: string | undefined
      readonly status: ClusterUpgradeStatus
    }
  | { readonly event: 'Unreachable' | 'Reachable' }
  | ({ readonly event: 'Ended' } & RunEnd)
)

/** What a run looks like to programs. */
export function statusEvent({ name, uid, generation, version, status }: RunState, nowMs: number): RunEvent {
  return { time: timeOf(nowMs), event: 'Status', name, uid, generation, version, status }
}

/** The API server has stopped answering, or answers again; the run goes on without it. */
export function answersEvent(name: string, answers: boolean, nowMs: number): RunEvent {
  return { time: timeOf(nowMs), event: answers ? 'Reachable' : 'Unreachable', name }
}

/** The last line: why there are no more, and the exit code. */
export function endedEvent(name: string, { reason, exitCode }: RunEnd, nowMs: number): RunEvent {
  return { time: timeOf(nowMs), event: 'Ended', name, reason, exitCode }
}

function timeOf(nowMs: number): string {
  return new Date(nowMs).toISOString()
}
