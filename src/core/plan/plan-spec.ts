import { z } from 'zod'
import { int64 } from '../kubernetes/integer.ts'
import { LabelSelector } from '../kubernetes/label-selector-schema.ts'
import { LocalObjectReference } from '../kubernetes/object-reference.ts'
import { Toleration } from '../kubernetes/toleration.ts'
import { TimeWindowSpec } from '../window/time-window-spec.ts'
import { ContainerSpec } from './container-spec.ts'
import { DrainSpec } from './drain-spec.ts'
import { parseGoDuration } from './go-duration.ts'
import { SecretSpec } from './secret-spec.ts'

const goDuration = z.string().refine((text) => parseGoDuration(text) !== undefined, {
  error: 'is no duration: write a number with a unit, such as 30s or 1h30m',
})

/** What people want of a Plan, field for field as system-upgrade-controller v0.20 has it. `postCompleteDelay` is a Go duration. */
export const PlanSpec = z
  .object({
    channel: z
      .string()
      .describe('URL that answers with a redirect; the last part of its target is the version. Asked only when version is empty.')
      .exactOptional(),
    concurrency: int64().describe('How many nodes may be in progress at the same time; 0 or nothing selects no node.').exactOptional(),
    cordon: z.boolean().describe('Cordons the node before it is upgraded; drain does so too.').exactOptional(),
    drain: DrainSpec.exactOptional(),
    exclusive: z.boolean().describe('On one node, does not run together with another exclusive Plan.').exactOptional(),
    imagePullSecrets: z.array(LocalObjectReference).describe("Secrets to pull the Job's images with.").exactOptional(),
    jobActiveDeadlineSecs: int64()
      .describe('Seconds a Job may take: 0 sets no limit; the default of the controller holds when left out or negative.')
      .exactOptional(),
    nodeSelector: LabelSelector.describe('Nodes that the Plan is for: none when left out, all with {}.').exactOptional(),
    postCompleteDelay: goDuration.describe('How long to wait after a node before the next one starts, such as "30s".').exactOptional(),
    postCompleteLabels: z
      .record(z.string(), z.string())
      .describe('Labels that a node gets when its Job has succeeded; $(LATEST_VERSION) and $(LATEST_HASH) in values are filled in.')
      .exactOptional(),
    prepare: ContainerSpec.describe('Container that runs first, before the node is cordoned or drained.').exactOptional(),
    priorityClassName: z.string().describe("Priority class of the Job's pods.").exactOptional(),
    secrets: z.array(SecretSpec).describe('Secrets to mount into the containers of the Job.').exactOptional(),
    serviceAccountName: z.string().describe("Service account of the Job's pods; that of the namespace when left out.").exactOptional(),
    tolerations: z
      .array(Toleration)
      .describe('Taints that the Job puts up with, besides node.kubernetes.io/unschedulable:NoSchedule.')
      .exactOptional(),
    upgrade: ContainerSpec.describe('Container that does the upgrade.'),
    version: z.string().describe('Version to bring the nodes to; the channel is then never asked.').exactOptional(),
    window: TimeWindowSpec.exactOptional(),
  })
  .describe('What to do on which nodes.')
export type PlanSpec = z.infer<typeof PlanSpec>
