import type { ResourceStrategy, StrategyContext } from '../../api/resource-strategy.ts'
import type { StatusCause } from '../../api/status-error.ts'
import type { DraftObject } from '../../kube-object.ts'

/** Makes a `validate` of a rule about the spec alone; writes of a subresource leave the spec as it is and are not looked at. */
export function specRule<Spec extends object>(
  rule: (next: Spec, old: Spec | undefined, context: StrategyContext) => readonly StatusCause[],
): NonNullable<ResourceStrategy['validate']> {
  return (next, old, context) =>
    context.subresource === undefined || context.subresource === 'scale' ? rule(specOf(next), old && specOf<Spec>(old), context) : []
}

/** Makes a `validate` of a rule about a whole object. */
export function objectRule<Kind>(
  rule: (next: Kind, old: Kind | undefined, context: StrategyContext) => readonly StatusCause[],
): NonNullable<ResourceStrategy['validate']> {
  return (next, old, context) =>
    context.subresource === undefined ? rule(next as DraftObject as Kind, old as DraftObject | undefined as Kind | undefined, context) : []
}

function specOf<Spec extends object>(object: DraftObject): Spec {
  return (object.spec ?? {}) as Spec
}
