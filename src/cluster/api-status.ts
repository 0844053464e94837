import * as z from 'zod'

/** One entry of `Status.details.causes`: what exactly the server objects to. */
export interface StatusCause {
  /** CamelCase, e.g. `FieldValueInvalid`, `DisruptionBudget`, `NamespaceTerminating`. */
  readonly reason: string
  readonly message: string
  /** Path of the field, e.g. `spec.template`; empty when the cause names none. */
  readonly field: string
}

/** The parts of a `Status` object that Falkirk reads; what the server left out is empty. */
export interface ApiStatus {
  readonly reason: string
  readonly message: string
  readonly code: number
  readonly causes: readonly StatusCause[]
  readonly details: { readonly group: string; readonly kind: string; readonly name: string }
  readonly retryAfterSeconds?: number
}

const text = z.string().catch('')
const cause = z.object({ reason: text, message: text, field: text })
const details = z.object({
  group: text,
  kind: text,
  name: text,
  causes: z.array(cause).catch([]),
  retryAfterSeconds: z.number().nonnegative().optional().catch(undefined),
})
const status = z.object({
  kind: z.literal('Status'),
  reason: text,
  message: text,
  code: z.number().int().catch(0),
  details: details.optional().catch(undefined),
})

/**
 * Reads a `Status` object, as an error answer or as the object of an ERROR watch event; undefined when it is none.
 * Source: Kubernetes API conventions, "Response Status Kind".
 */
export function parseStatus(value: unknown): ApiStatus | undefined {
  const parsed = status.safeParse(value)
  if (!parsed.success) return undefined
  const { reason, message, code, details } = parsed.data
  return {
    reason,
    message,
    code,
    causes: details?.causes ?? [],
    details: { group: details?.group ?? '', kind: details?.kind ?? '', name: details?.name ?? '' },
    ...(details?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: details.retryAfterSeconds }),
  }
}
