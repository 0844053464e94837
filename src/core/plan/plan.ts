import { z } from 'zod'
import { schemaProblem } from '../schema-problem.ts'
import { PlanSpec } from './plan-spec.ts'
import { PlanStatus } from './plan-status.ts'

/** The part of a Plan's metadata that is read. Only `name` is always there: a Plan from a file has no more. */
const PlanMetadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  generation: z.int().default(0),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  finalizers: z.array(z.string()).readonly().exactOptional(),
  labels: z.record(z.string(), z.string()).readonly().exactOptional(),
  annotations: z.record(z.string(), z.string()).readonly().exactOptional(),
})

/** A Plan of `upgrade.cattle.io/v1`: which nodes get which version, by which image. */
export const Plan = z.object({
  metadata: PlanMetadata,
  spec: PlanSpec,
  status: PlanStatus.exactOptional(),
})
export type Plan = z.infer<typeof Plan>

/** A Plan, or why it is none; of a malformed one as much of the name is told as can be read. */
export type ParsedPlan =
  | { readonly kind: 'Plan'; readonly plan: Plan }
  | {
      readonly kind: 'Malformed'
      readonly name: string
      readonly namespace: string
      readonly uid: string
      /** What is known of its status, so that it can be told there. */
      readonly status?: PlanStatus
      readonly message: string
    }

const hints: Readonly<Record<string, string>> = {
  spec: 'describe there what to do on which nodes; at least spec.upgrade.image is needed',
  'spec.upgrade': 'name the container that does the upgrade, such as {image: rancher/k3s-upgrade}',
  'spec.upgrade.image': 'name the image that does the upgrade, such as rancher/k3s-upgrade',
  'spec.prepare.image': 'name the image that prepares the node',
}

/**
 * Reads a Plan as the API gives it. As with the API server, fields that are not in the schema are dropped, and `null` means absent.
 * `Malformed` has one sentence that names the field and what to write; such a Plan touches no node.
 */
export function parsePlan(object: unknown): ParsedPlan {
  const present = withoutNulls(object)
  const parsed = Plan.safeParse(present)
  if (parsed.success) return { kind: 'Plan', plan: parsed.data }
  const message = schemaProblem(present, parsed.error, hints)
  const status = PlanStatus.safeParse((present as { status?: unknown } | undefined)?.status)
  return {
    kind: 'Malformed',
    name: metadataText(object, 'name'),
    namespace: metadataText(object, 'namespace'),
    uid: metadataText(object, 'uid'),
    ...(status.success ? { status: status.data } : {}),
    message,
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const present = Object.entries(value).filter(([, v]) => v !== null)
  return Object.fromEntries(present.map(([k, v]) => [k, withoutNulls(v)]))
}

function metadataText(object: unknown, field: 'name' | 'namespace' | 'uid'): string {
  const { metadata } = (object ?? {}) as { metadata?: Record<string, unknown> | null }
  const value = metadata?.[field]
  return typeof value === 'string' ? value : ''
}
