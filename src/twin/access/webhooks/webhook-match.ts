import { type LabelSelector, matchesSelector } from '../../../core/kubernetes/label-selector.ts'
import type { Webhook } from './webhook.ts'

/** A resource in one of the ways in which it is served. */
export interface ResourceName {
  readonly group: string
  readonly version: string
  readonly plural: string
}

/** Source: Kubernetes API reference, RuleWithOperations. */
interface Rule {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

type Labels = Readonly<Record<string, string>>

/** What decides whether a webhook is called. */
export interface WebhookQuestion {
  readonly operation: string
  readonly resource: ResourceName
  /** The other ways to the same objects, in order; asked when the way of the request is not what a webhook looks at. */
  readonly equivalents: () => readonly ResourceName[]
  readonly subresource: string | undefined
  readonly namespaced: boolean
  /** `undefined` for what is in no namespace and is none. */
  readonly namespaceLabels: Labels | undefined
  /** Of the object and of the one before. */
  readonly objectLabels: readonly Labels[]
}

/**
 * As which resource a webhook is told of a request; `undefined` when it is not called. What its matchConditions say is asked after that.
 * Source: Kubernetes, Dynamic Admission Control, matching requests.
 */
export function matchedAs({ spec }: Webhook, question: WebhookQuestion): ResourceName | undefined {
  const { namespaceLabels, objectLabels } = question
  if (namespaceLabels !== undefined && !selects(spec.namespaceSelector, namespaceLabels)) return undefined
  if (!(objectLabels.length === 0 ? [{}] : objectLabels).some((labels) => selects(spec.objectSelector, labels))) return undefined
  const rules = (spec.rules ?? []) as readonly Rule[]
  if (rules.some((rule) => ruleMatches(rule, question, question.resource))) return question.resource
  if (spec.matchPolicy === 'Exact') return undefined
  return question.equivalents().find((resource) => rules.some((rule) => ruleMatches(rule, question, resource)))
}

/** One that is not there selects all. */
function selects(selector: object | undefined, labels: Labels): boolean {
  return selector === undefined || matchesSelector(selector as LabelSelector, labels)
}

function ruleMatches(rule: Rule, { operation, subresource, namespaced }: WebhookQuestion, resource: ResourceName): boolean {
  return (
    scopeMatches(rule.scope, namespaced) &&
    has(rule.operations, operation) &&
    has(rule.apiGroups, resource.group) &&
    has(rule.apiVersions, resource.version) &&
    (rule.resources ?? []).some((pattern) => resourceMatches(pattern, resource.plural, subresource))
  )
}

function scopeMatches(scope: string | undefined, namespaced: boolean): boolean {
  return scope === undefined || scope === '*' || scope === (namespaced ? 'Namespaced' : 'Cluster')
}

/** `pods`, `pods/eviction`, `pods/*`, one star for all resources without, two with a slash between for all with their subresources. */
function resourceMatches(pattern: string, plural: string, subresource = ''): boolean {
  const [resource = '', sub = ''] = pattern.split('/')
  return (resource === '*' || resource === plural) && (sub === '*' || sub === subresource)
}

function has(values: readonly string[] = [], value: string): boolean {
  return values.includes('*') || values.includes(value)
}
