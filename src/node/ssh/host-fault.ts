import { FalkirkError } from '../../core/falkirk-error.ts'

/** Why nothing can be run on a host. */
export const hostFaultReasons = [
  /** The program or its settings on this machine. */
  'BadSetup',
  'Unreachable',
  'HostKeyUnknown',
  'HostKeyChanged',
  'PermissionDenied',
  /** The user is let in, and may not run commands. */
  'NoShell',
  'NotRoot',
  /** The connection was there, and has gone while something ran: a step that was started goes on, and is found again. */
  'ConnectionCut',
  'TooSlow',
  'TooMuch',
] as const
export type HostFaultReason = (typeof hostFaultReasons)[number]

/** A host cannot be reached, or not as root: FK_HOST, with one sentence that names the host and the fix. */
export class HostFault extends FalkirkError {
  readonly reason: HostFaultReason

  constructor(reason: HostFaultReason, message: string) {
    super('FK_HOST', message, { retry: passing.has(reason) ? 'backoff' : 'never' })
    this.name = 'HostFault'
    this.reason = reason
  }
}

/** What may be different a moment later. */
const passing: ReadonlySet<HostFaultReason> = new Set(['Unreachable', 'ConnectionCut', 'TooSlow'])
