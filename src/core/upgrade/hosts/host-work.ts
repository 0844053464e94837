import type { HostOrder } from '../../recipe/host-order.ts'

/** How the recipe of one order stands on its host, as far as this controller knows. Another one asks again, and the host itself knows what was done. */
export interface HostWork extends Pick<HostOrder, 'run' | 'step' | 'version' | 'occasion' | 'apiPath'> {
  readonly attempt: number
  readonly state: HostState
  /** What it does, or waits for; one line. */
  readonly says?: string
}

export type HostState =
  | { readonly kind: 'AtWork' }
  /** `bootId`: of the host, where it may have rebooted. */
  | { readonly kind: 'Complete'; readonly bootId?: string }
  | {
      readonly kind: 'Failed'
      /** One sentence. */
      readonly message: string
      /** What the host printed before it came to that. */
      readonly lines: readonly string[]
      /** Epoch milliseconds. */
      readonly atMs: number
      /** `Lost`: nobody knows what runs on the host now. `Refused`: nothing was begun, and another try would be refused as well. */
      readonly how: 'Ended' | 'Refused' | 'Lost'
    }
