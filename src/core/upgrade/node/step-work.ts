import type { RunEntry } from '../run-journal.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import type { NodeAtWork, NodeFailure, NodeTurn, RunContext } from './node-turn.ts'

/** `Stage` disturbs nothing, `Change` comes after the drain. */
export type StepName = 'Stage' | 'Change'

/** How one step on one node stands, by whatever it is carried out. Sentences name the node. */
export type StepWork =
  | { readonly kind: 'NotBegun' }
  /** `bootId`: of the host, where it may have rebooted. */
  | { readonly kind: 'Complete'; readonly bootId?: string }
  | {
      readonly kind: 'AtWork'
      readonly message: string
      /** What keeps it from getting on; one clause. */
      readonly stuck?: string
      /** That clause tells the fix as well. */
      readonly tellsFix?: true
      /** Nothing of it is judged before then; epoch milliseconds. */
      readonly notBeforeMs?: number
    }
  /** It has failed, and why has to be read first. */
  | { readonly kind: 'Unread'; readonly read: UpgradeAction }
  | {
      readonly kind: 'Failed'
      readonly message: string
      /** Epoch milliseconds. */
      readonly endedAtMs: number
      /** `Again`: another try may help. `Stop`: somebody has to mend something. `Unknown`: what the node does now is not known, too. */
      readonly next: 'Again' | 'Stop' | 'Unknown'
    }

export interface ChangeLimits {
  readonly readyMs: number
  readonly awayMs: number
}

/** What a node is brought to its version by: Jobs, or its host over SSH. */
export interface StepMeans {
  look(at: NodeAtWork, context: RunContext, step: StepName): StepWork
  /** What is begun already is found again, and not begun twice. */
  begin(at: NodeAtWork, context: RunContext, step: StepName): NodeTurn
  /** A step that has not ended in time: the node is left as it is, and whoever continues the run goes on with it. */
  late(at: NodeAtWork, step: StepName, work: Extract<StepWork, { kind: 'AtWork' }>): NodeFailure
  /** Milliseconds that the step may take while nothing is disturbed. */
  readonly stageLimitMs: number
  /** Milliseconds that a change may take, and that its node may be away meanwhile. */
  changeLimits(at: NodeAtWork): ChangeLimits
  /** How often a step that disturbs nothing is tried again. */
  stageRetries(context: RunContext): number
  /** Why a change has failed, for programs. */
  failureReason(work: Extract<StepWork, { kind: 'Failed' }>): NodeFailure['reason']
  /** The change may be at work: the node is kept away from pods. */
  mayBeChanging(at: NodeAtWork): boolean
  /** What another try of a change that may be at work is found by. */
  continued(at: NodeAtWork): Partial<RunEntry>
  /** Nothing is left to be changed on a node that has failed before. */
  isChanged(at: NodeAtWork): boolean
  /** Nothing of it is begun any more. */
  leave(at: NodeAtWork): readonly UpgradeAction[]
}

/** A step that is at work for longer than this is not going to end well. */
export const changeTimeoutMs = 3_600_000
/** Machines that install packages and reboot are away for some minutes; one that is away for longer needs somebody. */
export const awayTimeoutMs = 1_200_000
