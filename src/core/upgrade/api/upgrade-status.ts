import { z } from 'zod'

const Condition = z
  .object({
    type: z.string().describe('Ready, Progressing or Complete.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('True, False or Unknown.'),
    reason: z.string().describe('One word on why.'),
    message: z.string().describe('One sentence on what is the case.'),
    lastTransitionTime: z.string().describe('When the status last changed.'),
    observedGeneration: z.int().describe('Generation of the spec that this was found for.').exactOptional(),
  })
  .describe('One aspect of the state of the upgrade.')
export type UpgradeCondition = z.infer<typeof Condition>

const phases = [
  'Pending',
  'Refused',
  'ControlPlane',
  'Nodes',
  'Paused',
  'Stopped',
  'Cancelling',
  'Cancelled',
  'Complete',
  'CompletedWithFindings',
] as const
/** How far a run is. `Stopped`: by itself, after a failure. */
export type UpgradePhase = (typeof phases)[number]

const Batch = z
  .object({
    number: z.int().describe('1 for the first since the start, a pause or a failure.'),
    nodes: z.array(z.string()).readonly().describe('Nodes of the batch; each is started once.'),
  })
  .describe('The batch that is being worked on.')
export type BatchStatus = z.infer<typeof Batch>

const Pool = z
  .object({
    name: z.string().describe('Name of the pool; rest for nodes of no pool.'),
    nodes: z.int().describe('Nodes of the pool.'),
    done: z.int().describe('Nodes that run what this hop asks of them.'),
    batch: Batch.exactOptional(),
    finishedBatches: z.int().describe('Batches that ended well since the start, a pause or a failure.').exactOptional(),
  })
  .describe('Progress of one pool.')
export type PoolStatus = z.infer<typeof Pool>

const InFlight = z
  .object({
    node: z.string().describe('Name of the node.'),
    step: z.string().describe('What is being done to it.'),
    since: z.string().describe('When this step began.'),
    attempt: z.int().describe('1 for the first try.'),
    message: z.string().describe('What it waits for.').exactOptional(),
    pods: z.int().describe('Pods that its drain moves.').exactOptional(),
    again: z.int().describe('How many of these were moved before in the same hop.').exactOptional(),
  })
  .describe('A node that is being worked on.')
export type InFlightStatus = z.infer<typeof InFlight>

const Failed = z
  .object({
    node: z.string().describe('Name of the node.'),
    reason: z.string().describe('One word on why.'),
    message: z.string().describe('What happened, with the last lines of its log.'),
    since: z.string().describe('When it was given up.'),
  })
  .describe('A node whose upgrade failed.')
export type FailedStatus = z.infer<typeof Failed>

const Stop = z
  .object({
    number: z.int().describe('Counts the stops of this run: spec.continueFrom with this number goes on.'),
    reason: z.string().describe('One word on why.'),
    message: z.string().describe('What happened, where, and what to do.'),
    since: z.string().describe('When it stopped.'),
  })
  .describe('Why the run last stopped by itself.')
export type StopStatus = z.infer<typeof Stop>

const Hop = z
  .object({
    version: z.string().describe('Version of the hop.'),
    number: z.int().describe('1 for the first.'),
    of: z.int().describe('How many there are.'),
    since: z.string().describe('When it began.').exactOptional(),
    controlPlaneSince: z.string().describe('When its first control-plane node was taken out of service.').exactOptional(),
  })
  .describe('The hop that is being worked on.')

const Moves = z
  .object({
    pods: z.int().describe('Pods of drained nodes that had not been moved in the same hop.'),
    moves: z.int().describe('How often pods were moved, those included that were moved again.'),
    perPod: z.string().describe('Moves of a pod on average; 1.00 is the least.'),
  })
  .describe('How often drains have moved pods, of nodes that are done.')
export type MovesStatus = z.infer<typeof Moves>

const Before = z
  .object({
    at: z.string().describe('When it was looked at.'),
    troubles: z
      .array(z.object({ what: z.string().describe('Kind and name.'), missing: z.int().describe('Pods that were not Ready, or 1.') }))
      .readonly()
      .describe('What was not well.'),
    more: z.int().describe('How many more, which are not kept.').exactOptional(),
    unread: z.string().describe('What could not be looked at, and why.').exactOptional(),
  })
  .describe('How the cluster was before the first node was begun: at the end nothing may be worse.')

/** What is reported on an upgrade: a summary, below 64 KiB at 5,000 nodes. Per-node detail only for nodes in flight and nodes that failed. */
export const ClusterUpgradeStatus = z
  .object({
    observedGeneration: z.int().describe('Generation of the spec that this status is about.').exactOptional(),
    phase: z.enum(phases).describe('How far the run is.').exactOptional(),
    message: z.string().describe('One sentence on where it stands and what it waits for.').exactOptional(),
    from: z.string().describe('Lowest version of the control plane when the run began.').exactOptional(),
    path: z.array(z.string()).readonly().describe('Versions of the hops, in their order.').exactOptional(),
    hop: Hop.exactOptional(),
    progress: z
      .object({ controlPlane: z.string(), nodes: z.string() })
      .describe('Nodes that run the final version, of how many: 2/3.')
      .exactOptional(),
    pools: z.array(Pool).readonly().describe('Pools in their order.').exactOptional(),
    moves: Moves.exactOptional(),
    inFlight: z.array(InFlight).readonly().describe('Nodes that are being worked on.').exactOptional(),
    failed: z.array(Failed).readonly().describe('Nodes whose upgrade failed.').exactOptional(),
    before: Before.exactOptional(),
    verifyingSince: z.string().describe('Since when, all nodes being done, it is looked whether all is as before.').exactOptional(),
    findings: z.array(z.string()).readonly().describe('What is not as it was before the run, by its name.').exactOptional(),
    startedAt: z.string().describe('When the first node was started.').exactOptional(),
    stop: Stop.exactOptional(),
    pausedAt: z.string().describe('Since when nothing new is started.').exactOptional(),
    endedAt: z.string().describe('When the run ended.').exactOptional(),
    conditions: z
      .array(Condition)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
      .readonly()
      .describe('Ready: the cluster runs the version. Progressing: it is being worked on. Complete: the run has ended well.')
      .exactOptional(),
  })
  .describe('State of the upgrade as the controller sees it.')
export type ClusterUpgradeStatus = z.infer<typeof ClusterUpgradeStatus>
