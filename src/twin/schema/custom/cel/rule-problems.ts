import { Optional } from '@marcbachmann/cel-js'
import { invalidValue } from '../../../api/field-problem.ts'
import { fieldOf, type JsonObject } from '../../../api/patch/json-object.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { additionalSchema, type JsonSchema, type ValidationRule } from '../json-schema.ts'
import { oldItems } from '../old-items.ts'
import { CelBudget, isOverBudget } from './cel-budget.ts'
import { type CelSubject, compileExpression, firstLine } from './cel-environment.ts'
import { celValue } from './cel-value.ts'

/** A value and what it was before; nothing where it is new or cannot be told apart from others. */
interface Versions {
  readonly next: unknown
  readonly old: unknown
  /** A rule that does not compare is not asked of what is as it was. Source: KEP-4008. */
  readonly ratchets?: boolean | undefined
}

/**
 * Why the rules of a schema (`x-kubernetes-validations`) refuse a value. A rule that names `oldSelf` is asked only where there is an old
 * value: of fields, of keys of maps, and of items of lists that keys tell apart. A rule that is not understood here refuses nothing.
 * Source: Kubernetes, Validation rules and Transition rules.
 */
export function ruleProblems(versions: Versions, schema: JsonSchema, path = '', budget = new CelBudget()): readonly StatusCause[] {
  const { next } = versions
  if (next === undefined || (next === null && schema.nullable !== true)) return []
  const own = rulesFor(versions, schema).flatMap((rule) => (budget.isSpent ? [] : oneRule(rule, versions, { schema, path, budget })))
  if (Array.isArray(next)) return [...own, ...itemProblems({ ...versions, next }, { schema, path, budget })]
  if (typeof next === 'object' && next !== null)
    return [...own, ...fieldProblems({ ...versions, next: next as JsonObject }, { schema, path, budget })]
  return own
}

function rulesFor({ next, old, ratchets }: Versions, schema: JsonSchema): readonly ValidationRule[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  const isAsItWas = rules.length > 0 && ratchets === true && old !== undefined && sameJson(next, old)
  return isAsItWas ? rules.filter(comparesOld) : rules
}

function comparesOld({ rule }: ValidationRule): boolean {
  return /\boldSelf\b/.test(rule)
}

interface RulePlace {
  readonly schema: JsonSchema
  readonly path: string
  readonly budget: CelBudget
}

function fieldProblems({ next, old, ratchets }: Versions & { readonly next: JsonObject }, place: RulePlace): readonly StatusCause[] {
  const { schema, path, budget } = place
  const before = (typeof old === 'object' && old !== null && !Array.isArray(old) ? old : {}) as JsonObject
  const additional = additionalSchema(schema)
  return Object.entries(next).flatMap(([name, value]) => {
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    const field = known ?? additional
    if (field === undefined) return []
    const at = known === undefined ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
    return ruleProblems({ next: value, old: fieldOf(before, name), ratchets }, field, at, budget)
  })
}

function itemProblems({ next, old, ratchets }: Versions & { readonly next: readonly unknown[] }, place: RulePlace): readonly StatusCause[] {
  const { schema, path, budget } = place
  const { items } = schema
  if (items === undefined) return []
  const before = oldItems(old, schema)
  return next.flatMap((item, index) => ruleProblems({ next: item, old: before(item), ratchets }, items, `${path}[${index}]`, budget))
}

function oneRule(rule: ValidationRule, { next, old }: Versions, { schema, path, budget }: RulePlace): readonly StatusCause[] {
  const compares = comparesOld(rule)
  if (compares && old === undefined && rule.optionalOldSelf !== true) return []
  const variables = { self: celValue(next, schema), ...(compares ? { oldSelf: oldSelf(rule, old, schema) } : {}) }
  const holds = compileExpression(rule.rule, subjectOf(rule))
  if (holds === undefined) return []
  try {
    if (holds(variables, budget) === true) return []
  } catch (error) {
    const about = rule.message?.trim() || rule.rule.trim()
    if (isOverBudget(error)) return [invalidValue(path || '<nil>', schema.type ?? '', `'${firstLine(error)}': ${tooDear} ${about}`)]
    return [invalidValue(path || '<nil>', schema.type ?? '', `${inGoWords(firstLine(error))} evaluating rule: ${about}`)]
  }
  return [refusal(rule, messageOf(rule, variables, budget), { value: next, schema, path })]
}

function subjectOf({ optionalOldSelf }: ValidationRule): CelSubject {
  return optionalOldSelf === true ? 'ValueWithOptionalOld' : 'Value'
}

function oldSelf({ optionalOldSelf }: ValidationRule, old: unknown, schema: JsonSchema): unknown {
  if (optionalOldSelf !== true) return celValue(old, schema)
  return old === undefined ? Optional.none() : Optional.of(celValue(old, schema))
}

/** What the server's own CEL says where nothing is found under a name or at a place. */
function inGoWords(message: string): string {
  return message
    .replace(/^No such key: index out of bounds, index (\d+) .*/, 'index out of bounds: $1')
    .replace(/^No such key/, 'no such key')
}

/** Source: Kubernetes, apiextensions-apiserver, validation of rules. */
const tooDear = 'no further validation rules will be run due to call cost exceeds limit for rule:'

function messageOf(of: ValidationRule, variables: Readonly<Record<string, unknown>>, budget: CelBudget): string {
  const { message, messageExpression, rule } = of
  const fixed = message?.trim() || `failed rule: ${rule.trim()}`
  if (messageExpression === undefined) return fixed
  try {
    const text = compileExpression(messageExpression, subjectOf(of))?.(variables, budget)
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text : fixed
  } catch {
    return fixed
  }
}

function refusal(rule: ValidationRule, message: string, at: { value: unknown; schema: JsonSchema; path: string }): StatusCause {
  const field = `${at.path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || '<nil>'
  const value = at.schema.type === 'object' || at.schema.type === 'array' ? at.schema.type : at.value
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return { reason: rule.reason, message: `Forbidden: ${message}`, field }
    case 'FieldValueRequired':
      return { reason: rule.reason, message: `Required value: ${message}`, field }
    case 'FieldValueDuplicate':
      return { reason: rule.reason, message: `Duplicate value: ${JSON.stringify(value)}`, field }
    default:
      return invalidValue(field, value, message)
  }
}
