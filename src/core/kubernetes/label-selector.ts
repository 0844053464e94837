import { compareText } from '../compare-text.ts'
import type { LabelSelector } from './label-selector-schema.ts'
import { labelKeyProblem, labelValueProblem } from './label-syntax.ts'
import type { StringMap } from './object-meta.ts'

export type { LabelSelector }

type SelectorExpression = NonNullable<LabelSelector['matchExpressions']>[number]

/** One requirement; all requirements of a selector must hold. `Equals` is what `matchLabels` says. */
export type LabelRequirement =
  | { readonly kind: 'Equals'; readonly key: string; readonly value: string }
  | { readonly kind: 'In' | 'NotIn'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'Exists' | 'DoesNotExist'; readonly key: string }

/**
 * The requirements of a selector, `matchLabels` first (by key), then the expressions in their order.
 * Of a selector with a `selectorProblem` the expressions with an unknown operator are missing: ask for the problem first.
 */
export function selectorRequirements(selector: LabelSelector): readonly LabelRequirement[] {
  const equals = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]): LabelRequirement => ({ kind: 'Equals', key, value }))
  return [...equals, ...(selector.matchExpressions ?? []).flatMap(requirementOf)]
}

function requirementOf({ key, operator, values = [] }: SelectorExpression): readonly LabelRequirement[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return [{ kind: operator, key, values }]
    case 'Exists':
    case 'DoesNotExist':
      return [{ kind: operator, key }]
    default:
      return []
  }
}

/**
 * Whether labels satisfy a selector: an absent selector matches nothing, `{}` everything, one with a `selectorProblem` nothing.
 * Source: Kubernetes API reference, LabelSelector.
 */
export function matchesSelector(selector: LabelSelector | undefined, labels: StringMap): boolean {
  return compileSelector(selector)(labels)
}

type Matcher = (labels: StringMap) => boolean

/** Selectors are never changed in place, and most are asked for again and again. */
const compiled = new WeakMap<LabelSelector, Matcher>()

/** `matchesSelector` for many objects: what concerns the selector alone is done once. */
export function compileSelector(selector: LabelSelector | undefined): Matcher {
  if (selector === undefined) return () => false
  let matcher = compiled.get(selector)
  if (matcher === undefined) {
    matcher = newMatcher(selector)
    compiled.set(selector, matcher)
  }
  return matcher
}

function newMatcher(selector: LabelSelector): Matcher {
  if (selectorProblem(selector) !== undefined) return () => false
  const requirements = selectorRequirements(selector)
  return (labels) => {
    for (const requirement of requirements) if (!isSatisfied(requirement, labels)) return false
    return true
  }
}

function isSatisfied(requirement: LabelRequirement, labels: StringMap): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined
  switch (requirement.kind) {
    case 'Equals':
      return value === requirement.value
    case 'In':
      return value !== undefined && requirement.values.includes(value)
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

/**
 * Why a LabelSelector cannot be used, `undefined` when it can: the first problem, in the words Kubernetes uses when it converts selectors.
 * Source: Kubernetes, apimachinery LabelSelectorAsSelector.
 */
export function selectorProblem(selector: LabelSelector): string | undefined {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => compareText(a, b))) {
    const problem = requirementProblem(key, [value])
    if (problem !== undefined) return problem
  }
  for (const expression of selector.matchExpressions ?? []) {
    const problem = expressionProblem(expression)
    if (problem !== undefined) return problem
  }
  return undefined
}

function expressionProblem({ key, operator, values = [] }: SelectorExpression): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const none = values.length === 0 ? "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty" : undefined
      return keyProblem(key) ?? none ?? requirementProblem(key, values)
    }
    case 'Exists':
    case 'DoesNotExist': {
      const some =
        values.length > 0
          ? `values: Invalid value: ${JSON.stringify(values)}: values set must be empty for exists and does not exist`
          : undefined
      return keyProblem(key) ?? some
    }
    default:
      return `${JSON.stringify(operator)} is not a valid label selector operator`
  }
}

function requirementProblem(key: string, values: readonly string[]): string | undefined {
  const found = keyProblem(key)
  if (found !== undefined) return found
  for (const [index, value] of values.entries()) {
    const problem = labelValueProblem(value)
    if (problem !== undefined) return `values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`
  }
  return undefined
}

function keyProblem(key: string): string | undefined {
  const problem = labelKeyProblem(key)
  return problem === undefined ? undefined : `key: Invalid value: ${JSON.stringify(key)}: ${problem}`
}

/**
 * Requirements in the syntax of `kubectl --selector`, sorted by key, values sorted: `a=1,app in (q),!b`.
 * Source: Kubernetes, apimachinery labels.Selector.String.
 */
export function selectorText(requirements: readonly LabelRequirement[]): string {
  return [...requirements]
    .sort((a, b) => compareText(a.key, b.key))
    .map(requirementText)
    .join(',')
}

function requirementText(requirement: LabelRequirement): string {
  const { kind, key } = requirement
  switch (kind) {
    case 'Equals':
      return `${key}=${requirement.value}`
    case 'In':
      return `${key} in (${[...requirement.values].sort(compareText).join(',')})`
    case 'NotIn':
      return `${key} notin (${[...requirement.values].sort(compareText).join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
  }
}
