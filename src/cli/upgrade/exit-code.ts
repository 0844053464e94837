import { FalkirkError } from '../../core/falkirk-error.ts'
import type { UpgradePhase } from '../../core/upgrade/api/upgrade-status.ts'

/** How the commands of ClusterUpgrades end. `docs/cluster-upgrade.md` lists them. */
export const exitCodes = {
  Done: 0,
  /** Stopped by a failure, or ended with nodes set aside. */
  Failed: 1,
  /** Refused, or asked for in a way that cannot be understood. */
  Refused: 2,
  Paused: 3,
  /** Cancelled or deleted. */
  Cancelled: 4,
  /** The API server has not answered for too long; the run may go on. */
  Lost: 5,
  /** Ctrl-C, as of every program. */
  Interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Behind the options of `--help`. */
export const exitCodeHelp = `
Exit codes: 0 done, 1 failed or stopped, 2 refused or not understood, 3 paused,
4 cancelled or deleted, 5 the API server does not answer, 130 Ctrl-C.`

/** The code of a run that a command leaves in this phase; what is still at work counts as well. */
export function exitCodeOfPhase(phase: UpgradePhase | undefined): ExitCode {
  switch (phase) {
    case 'Stopped':
    case 'CompletedWithFindings':
      return exitCodes.Failed
    case 'Refused':
      return exitCodes.Refused
    case 'Paused':
      return exitCodes.Paused
    case 'Cancelled':
      return exitCodes.Cancelled
    default:
      return exitCodes.Done
  }
}

/** The code of a fault: what a user can mend is 2, no answer is 5, a Lease that was lost and a defect of this program are 1. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (!(error instanceof FalkirkError) || error.code === 'FK_LEASE_LOST') return exitCodes.Failed
  return error.code === 'FK_API_UNREACHABLE' ? exitCodes.Lost : exitCodes.Refused
}
