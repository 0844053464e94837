import { z } from 'zod'
import { int64 } from './integer.ts'

/** Lets a pod run on a node in spite of a taint. Source: Kubernetes API reference, Toleration. */
export const Toleration = z
  .object({
    effect: z
      .string()
      .describe('Effect to tolerate: NoSchedule, PreferNoSchedule or NoExecute; all of them when left out.')
      .exactOptional(),
    key: z.string().describe('Key of the taint; when left out (operator Exists only) every taint is tolerated.').exactOptional(),
    operator: z.string().describe('How key and value are compared: Equal (as when left out), Exists, Lt or Gt.').exactOptional(),
    tolerationSeconds: int64()
      .describe('Seconds for which a NoExecute taint is tolerated; for ever when left out, not at all when zero or negative.')
      .exactOptional(),
    value: z.string().describe('Value of the taint; left out with Exists.').exactOptional(),
  })
  .describe('A taint that the pod puts up with.')
export type Toleration = z.infer<typeof Toleration>
