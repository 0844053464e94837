import type { AdmissionRequest } from '../../api/admission.ts'
import { groupResource, StatusError } from '../../api/status-error.ts'
import type { DraftObject } from '../../kube-object.ts'
import { CelBudget } from '../../schema/custom/cel/cel-budget.ts'
import { compileExpression, firstLine } from '../../schema/custom/cel/cel-environment.ts'
import { untypedCelValue } from '../../schema/custom/cel/cel-value.ts'
import { admissionReview, type ReviewFacts } from './admission-review.ts'
import type { Webhook } from './webhook.ts'

/** Source: Kubernetes API reference, MatchCondition v1. */
interface MatchCondition {
  readonly name: string
  readonly expression: string
}

/**
 * Whether the `matchConditions` of a webhook let it be asked. One that is false keeps it from that, whatever the others say; when one cannot be
 * evaluated and none is false, a webhook with `failurePolicy: Fail` refuses the request (`StatusError` 403), and another is not asked.
 * What is not understood here (the variable `authorizer`, some functions) holds.
 * Source: Kubernetes, Dynamic Admission Control, matchConditions; apiserver matchconditions, Match.
 */
export function conditionsHold({ spec }: Webhook, facts: Omit<ReviewFacts, 'uid' | 'version'>): boolean {
  const { matchConditions = [] } = spec as { readonly matchConditions?: readonly MatchCondition[] }
  if (matchConditions.length === 0) return true
  const variables = variablesOf(facts)
  const budget = new CelBudget()
  const results = matchConditions.map(({ expression }) => evaluated(expression, variables, budget))
  if (results.includes(false)) return false
  const errors = results.flatMap((result) => (typeof result === 'string' ? [result] : []))
  if (errors.length === 0) return true
  if (spec.failurePolicy === 'Ignore') return false
  throw forbidden(facts.request, errors)
}

/** What a condition says, or why it says nothing. */
function evaluated(expression: string, variables: Readonly<Record<string, unknown>>, budget: CelBudget): boolean | string {
  const program = compileExpression(expression, 'Request')
  if (program === undefined) return true
  try {
    return program(variables, budget) !== false
  } catch (error) {
    const why = firstLine(error)
    return `expression '${expression}' resulted in error: ${why.charAt(0).toLowerCase()}${why.slice(1)}`
  }
}

/** The request is the one of the review, without what has a variable of its own. */
function variablesOf(facts: Omit<ReviewFacts, 'uid' | 'version'>): Readonly<Record<string, unknown>> {
  const { request } = admissionReview({ ...facts, uid: '', version: 'v1' }) as { readonly request: Readonly<Record<string, unknown>> }
  const { uid: _uid, object: _object, oldObject: _oldObject, ...rest } = request
  return { object: celObject(facts.object), oldObject: celObject(facts.oldObject), request: untypedCelValue(rest) }
}

function celObject(object: DraftObject | undefined): unknown {
  return object === undefined ? null : untypedCelValue(object)
}

function forbidden({ type, name }: AdmissionRequest, errors: readonly string[]): StatusError {
  const why = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
  const message = `${groupResource(type.group, type.plural)} ${JSON.stringify(name)} is forbidden: ${why}`
  const details = { ...(name === '' ? {} : { name }), ...(type.group === '' ? {} : { group: type.group }), kind: type.plural }
  return new StatusError(403, 'Forbidden', message, details)
}
