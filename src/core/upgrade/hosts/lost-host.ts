import type { HostOrder } from '../../recipe/host-order.ts'
import type { HostState } from './host-work.ts'

/** Milliseconds without an answer: a host that nothing was done to yet is waited for as long as a person would; one in mid-change may start services anew. */
const patienceMs = { Stage: 120_000, Change: 1_200_000, RestartControllers: 120_000 } as const
/** The 30 minutes that a recipe gives a host that reboots, and some to be heard again. */
const rebootPatienceMs = 2_100_000

/** How long a host may be silent before its order has failed, in milliseconds. */
function patienceOf(order: HostOrder): number {
  return mayReboot(order) ? rebootPatienceMs : patienceMs[order.step]
}

/** Whether an order may send its host away, and its kubelet has to report another boot afterwards. */
export function mayReboot({ step, os }: HostOrder): boolean {
  return step === 'Change' && os !== undefined && os.reboot !== 'Never'
}

export interface NoAnswer {
  /** One sentence. */
  readonly message: string
  /** Time may mend it, as a connection that is refused; a host key that is another one stays so. */
  readonly mayPass: boolean
  /** How long nothing was heard. */
  readonly silentMs: number
}

/** Whether a host that gave no answer is asked again. Undefined: it is. Of one that may be in mid-change nobody knows what runs there. */
export function endOfPatience(order: HostOrder, { message, mayPass, silentMs }: NoAnswer, nowMs: number): HostState | undefined {
  if (mayPass && silentMs < patienceOf(order)) return undefined
  return { kind: 'Failed', message, lines: [], atMs: nowMs, how: order.step === 'Stage' && !mayPass ? 'Refused' : 'Lost' }
}
