import type { Clock } from '../../../cluster/clock.ts'
import type { ImageRegistry } from '../../kubelet/node-images.ts'
import { notFoundMessage } from '../../kubelet/node-images.ts'
import type { TwinOptions } from '../../twin.ts'
import { ApiFaultRules } from './api-faults.ts'
import { FailingWebhooks } from './failing-webhooks.ts'
import { SkewedClock } from './skewed-clock.ts'

/** Everything about a cluster that a scenario can break, in one place. `clock` is that of whoever works on it. */
export class FaultBoard {
  readonly api: ApiFaultRules
  readonly webhooks = new FailingWebhooks()
  readonly clock: SkewedClock
  /** Images that no registry has any more. */
  readonly missingImages = new Set<string>()

  constructor(clock: Clock, random: () => number) {
    this.clock = new SkewedClock(clock)
    this.api = new ApiFaultRules(random)
  }

  /** What a twin has to be made with so that this board reaches it. */
  twinOptions(): Pick<TwinOptions, 'api' | 'kubelets'> {
    const registry: ImageRegistry = (image) =>
      this.missingImages.has(image) ? { kind: 'Refused', message: notFoundMessage(image) } : { kind: 'Found' }
    return { api: { faults: this.api, admission: [this.webhooks] }, kubelets: { registry } }
  }
}
