import { z } from 'zod'
import { int32 } from '../kubernetes/integer.ts'
import { LabelSelector } from '../kubernetes/label-selector-schema.ts'

/**
 * How a node is drained before it is upgraded; each field is an option of `kubectl drain`. A `timeout` that is a number counts
 * nanoseconds and may have 64 bits.
 */
export const DrainSpec = z
  .object({
    deleteEmptydirData: z
      .boolean()
      .describe('Also moves pods with emptyDir volumes, whose data are lost; true when left out. Not together with deleteLocalData.')
      .exactOptional(),
    deleteLocalData: z.boolean().describe('The older name of deleteEmptydirData.').exactOptional(),
    disableEviction: z.boolean().describe('Deletes pods instead of evicting them: PodDisruptionBudgets are not respected.').exactOptional(),
    force: z.boolean().describe('Also deletes pods that no controller would create again.').exactOptional(),
    gracePeriod: int32().describe('Seconds each pod gets to end; its own grace period when left out or negative.').exactOptional(),
    ignoreDaemonSets: z.boolean().describe('Leaves pods of DaemonSets where they are; true when left out.').exactOptional(),
    podSelector: LabelSelector.describe(
      'Drains only the pods selected here; all when left out. Upgrade pods and the controller always stay.',
    ).exactOptional(),
    skipWaitForDeleteTimeout: z
      .int()
      .describe('Does not wait for pods that have been in deletion for more than this many seconds; 0 waits for all.')
      .exactOptional(),
    timeout: z
      .union([z.string(), z.int()])
      .meta({ 'x-kubernetes-int-or-string': true })
      .describe('How long a drain may take, such as "5m"; a number counts nanoseconds. No limit when left out.')
      .exactOptional(),
  })
  .describe('Drains the node before it is upgraded.')
export type DrainSpec = z.infer<typeof DrainSpec>
