import * as z from 'zod'
import { Duration } from './scenario-duration.ts'
import { TimedStep } from './scenario-steps.ts'

export const scenarioFormat = 'falkirk.dev/scenario/v1'

/** Why an upgrade stands still, or what is wrong at its end. */
export const causeReasons = [
  'ApiUnavailable',
  'BudgetExhausted',
  'CreationDenied',
  'EvictionDenied',
  'NodeNotReady',
  'PodNotReady',
  'PodPending',
  'PodRefused',
  'PodTerminating',
  'SeveralBudgets',
  'VersionNotReached',
] as const
export type CauseReason = (typeof causeReasons)[number]

const text = z.string().min(1)
const count = z.number().int()

const Generate = z.strictObject({
  nodes: count,
  pods: count.optional(),
  masters: count.optional(),
  distribution: z.enum(['k3s', 'rke2', 'kubeadm']).optional(),
  version: text.optional(),
  zones: count.optional(),
  pools: z
    .array(z.strictObject({ name: text, share: z.number().positive().optional(), labels: z.record(z.string(), z.string()).optional() }))
    .optional(),
  seed: count.optional(),
})

const Cluster = z.strictObject({
  /** Nodes and workloads made up. */
  generate: Generate.optional(),
  /** A snapshot, by its path from the scenario file. */
  snapshot: text.optional(),
  /** Files as of `kubectl get -o yaml`, by their paths from the scenario file. */
  files: z.array(text).optional(),
  objects: z.array(z.record(z.string(), z.unknown())).optional(),
  /** Of the API server; the version of the generated cluster or of the snapshot unless told. */
  version: text.optional(),
})

const seconds = z.number().min(0).max(86_400)
const Timings = z.strictObject({
  readySeconds: seconds.optional(),
  stopSeconds: seconds.optional(),
  pullBytesPerSecond: z.number().positive().optional(),
  imageBytes: z.number().positive().optional(),
  /** How long drivers take to attach a volume to a node, and to detach it. */
  attachSeconds: seconds.optional(),
  detachSeconds: seconds.optional(),
})

/** What is done with the nodes: each is cordoned, drained, changed, looked at, uncordoned. */
const Run = z.strictObject({
  /** By name, or all that have the labels; in the order in which they are named or found. */
  nodes: z.array(text).optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  /** The version they get; without one they are started again. */
  version: text.optional(),
  concurrency: count.min(1).optional(),
  /** The nodes of a batch go on together: all are drained before one is changed. */
  together: z.boolean().optional(),
  /** Before the next node begins, every pod that has been displaced is running again. */
  soak: z.boolean().optional(),
  drain: z
    .strictObject({
      force: z.boolean().optional(),
      deleteEmptyDirData: z.boolean().optional(),
      disableEviction: z.boolean().optional(),
      skipWaitForDeleteTimeout: z.number().int().min(0).optional(),
      timeout: Duration.optional(),
    })
    .optional(),
  /** After this it is called stuck. 1h unless told. */
  limit: Duration.optional(),
})

const Outage = z.strictObject({ service: text, atLeast: Duration.optional(), atMost: Duration.optional() })

const Expect = z.strictObject({
  verdict: z.enum(['Finishes', 'Stuck']),
  /** Each has to be among those found. */
  causes: z.array(z.strictObject({ reason: z.enum(causeReasons), object: text.optional(), message: text.optional() })).optional(),
  /** How long a Service (`namespace/name`) is without a ready endpoint. */
  outages: z.array(Outage).optional(),
  /** How long the API cannot be used. */
  apiAway: z.strictObject({ atLeast: Duration.optional(), atMost: Duration.optional() }).optional(),
  within: Duration.optional(),
})
export type Expectation = z.output<typeof Expect>

/** A story about a cluster: what it is, what is done with it, what happens meanwhile, how it ends. */
export const Scenario = z.strictObject({
  scenario: z.literal(scenarioFormat),
  title: text,
  /** What is behind it: the mechanism, where it happened, what helps. */
  story: text,
  seed: count.optional(),
  cluster: Cluster,
  timings: Timings.optional(),
  /** How long the cluster is left alone before the begin; 2m unless told. */
  settle: Duration.optional(),
  run: Run,
  steps: z.array(TimedStep).optional(),
  expect: Expect,
})
export type Scenario = z.output<typeof Scenario>
