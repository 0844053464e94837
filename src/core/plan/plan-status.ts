import { z } from 'zod'

/** A condition as system-upgrade-controller writes it; `lastTransitionTime` is never set. */
export const PlanCondition = z
  .object({
    lastTransitionTime: z.string().describe('When the status last changed.').exactOptional(),
    lastUpdateTime: z.string().describe('When status or message last changed.').exactOptional(),
    message: z.string().describe('One sentence on what is the case.').exactOptional(),
    reason: z.string().describe('One word on why.').exactOptional(),
    status: z.string().describe('True, False or Unknown.'),
    type: z.string().describe('Complete, Validated or LatestResolved.'),
  })
  .describe('One aspect of the state of the Plan.')
export type PlanCondition = z.infer<typeof PlanCondition>

/** What the controller reports on a Plan. Upgrade images read the length of `applying`. */
export const PlanStatus = z
  .object({
    applying: z
      .array(z.string())
      .readonly()
      .describe('Values of the label kubernetes.io/hostname of the nodes in progress; absent when there are none.')
      .exactOptional(),
    conditions: z
      .array(PlanCondition)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
      .readonly()
      .describe(
        'Validated: the spec makes sense. LatestResolved: the version is known. Complete: no selected node is left to do; while one failed, reason and message tell why.',
      )
      .exactOptional(),
    latestHash: z
      .string()
      .describe('Hash of what has to be on a node: nodes whose label for this Plan has this value are done.')
      .exactOptional(),
    latestVersion: z.string().describe('Version resolved from spec.version or the channel, with "+" replaced by "-".').exactOptional(),
  })
  .describe('State of the Plan as the controller sees it.')
export type PlanStatus = z.infer<typeof PlanStatus>
