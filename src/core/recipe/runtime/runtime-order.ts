import type { HostOrder } from '../host-order.ts'
import type { RunStep } from '../recipe-step.ts'

/** What an order asks of the runtime; `HostOrder.runtime`. */
export type RuntimeOrder = HostOrder & { readonly runtime: NonNullable<HostOrder['runtime']> }

/** Steps, what takes them back, or why there are none: one sentence with the fix. */
export type RuntimeSteps =
  | { readonly kind: 'Steps'; readonly steps: readonly RunStep[]; readonly undo?: RunStep }
  | { readonly kind: 'Refused'; readonly message: string }
