import { parseQuantity } from '../../../../core/kubernetes/quantity.ts'
import { invalidValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { problem } from './refusal.ts'

const wholeNanos = 1_000_000_000n

/** Why an amount of a ResourceQuota is refused: below zero, or a part of something that is counted. */
export function amountProblems(field: string, amount: unknown, { isInteger }: { readonly isInteger: boolean }): readonly StatusCause[] {
  const quantity = parseQuantity(amount)
  if (quantity === undefined) return [invalidValue(field, amount, 'must be a valid resource quantity')]
  return [
    ...(quantity.nano < 0n ? [invalidValue(field, String(amount), 'must be greater than or equal to 0')] : []),
    ...problem(field, amount, isInteger && quantity.nano % wholeNanos !== 0n ? 'must be an integer' : undefined),
  ]
}
