import * as z from 'zod'
import { Duration } from './scenario-duration.ts'

const node = z.string().min(1)
const text = z.string().min(1)
/** `RESOURCE NAMESPACE/NAME` as kubectl takes it is three fields here. */
const target = { resource: text, namespace: text.optional(), name: text }

/** What an API request has to be like to meet a fault; what is left out is any. */
const requests = z.strictObject({
  verbs: z.array(text).optional(),
  resources: z.array(text).optional(),
  users: z.array(text).optional(),
  /** Of all requests that fit, 0 to 1. */
  share: z.number().min(0).max(1).optional(),
})

/** What can be done to a cluster, or by somebody in it, while it is worked on. */
export const Step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ApiAway') }),
  z.strictObject({ kind: z.literal('ApiSlow'), delay: Duration, requests: requests.optional() }),
  z.strictObject({
    kind: z.literal('ApiErrors'),
    code: z.union([z.literal(429), z.literal(500), z.literal(503)]),
    requests: requests.optional(),
  }),
  z.strictObject({ kind: z.literal('LostAnswers'), requests: requests.optional() }),
  z.strictObject({ kind: z.literal('StaleWatches'), delay: Duration, requests: requests.optional() }),
  z.strictObject({ kind: z.literal('ApiServerDown'), node }),
  z.strictObject({ kind: z.literal('EtcdMemberLost'), node }),
  z.strictObject({ kind: z.literal('NodeDies'), node }),
  z.strictObject({ kind: z.literal('NodeRebooted'), node }),
  z.strictObject({ kind: z.literal('NodeRemoved'), node }),
  z.strictObject({ kind: z.literal('KubeletSilent'), node }),
  z.strictObject({ kind: z.literal('KubeletFlaps'), node, every: Duration }),
  z.strictObject({ kind: z.literal('NodeUnready'), node, message: text }),
  z.strictObject({ kind: z.literal('NodePressure'), node, pressure: z.enum(['Memory', 'Disk', 'PID']) }),
  z.strictObject({ kind: z.literal('ImageMissing'), image: text }),
  z.strictObject({ kind: z.literal('WebhookFails'), webhook: text, resources: z.array(text).min(1), message: text }),
  z.strictObject({ kind: z.literal('ClockSkew'), by: Duration }),
  z.strictObject({ kind: z.literal('Apply'), objects: z.array(z.record(z.string(), z.unknown())).min(1) }),
  z.strictObject({ kind: z.literal('Delete'), ...target }),
  z.strictObject({ kind: z.literal('RolloutRestart'), ...target }),
])
export type Step = z.output<typeof Step>

/** Moments in the way of one node. */
export const nodeMoments = ['Cordoned', 'Drained', 'Changed', 'Ready', 'Done'] as const
export type NodeMoment = (typeof nodeMoments)[number]

/** When a step happens: so long after the begin, or after a node has come to a point of its way. With `for` it is undone again. */
export const TimedStep = z.strictObject({
  at: Duration.optional(),
  on: z.strictObject({ node, moment: z.enum(nodeMoments), after: Duration.optional() }).optional(),
  for: Duration.optional(),
  step: Step,
})
export type TimedStep = z.output<typeof TimedStep>
