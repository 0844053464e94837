import type { ValidatingWebhook, WebhookClientConfig } from 'kubernetes-types/admissionregistration/v1'
import { labelKeyProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { syntaxProblem } from '../../custom/cel/cel-environment.ts'
import { repeatedPlaces } from '../../repeated-places.ts'
import { selectorProblems } from './label-selector-problems.ts'
import { duplicateValue, problem, tooManyItems, unsupportedValue } from './refusal.ts'

const failurePolicies = ['Fail', 'Ignore']
const matchPolicies = ['Equivalent', 'Exact']
const sideEffects = ['None', 'NoneOnDryRun']
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']

/** Why the webhooks of a configuration are refused. Source: Kubernetes API reference, ValidatingWebhookConfiguration v1. */
export function webhookProblems(webhooks: readonly ValidatingWebhook[]): readonly StatusCause[] {
  const repeated = repeatedPlaces(webhooks, ({ name }) => name)
  return webhooks.flatMap((webhook, i) => {
    const field = `webhooks[${i}]`
    return [
      ...nameProblems(`${field}.name`, webhook.name),
      ...(webhook.rules ?? []).flatMap((rule, r) => ruleProblems(`${field}.rules[${r}]`, rule)),
      ...choiceProblems(field, webhook),
      ...timeoutProblems(`${field}.timeoutSeconds`, webhook.timeoutSeconds),
      ...selectorProblems(`${field}.namespaceSelector`, webhook.namespaceSelector),
      ...clientProblems(`${field}.clientConfig`, webhook.clientConfig ?? {}),
      ...(webhook.admissionReviewVersions?.length
        ? []
        : [requiredValue(`${field}.admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
      ...conditionProblems(`${field}.matchConditions`, webhook),
      ...(repeated.has(i) ? [duplicateValue(`${field}.name`, webhook.name)] : []),
    ]
  })
}

function nameProblems(field: string, name: string | undefined): readonly StatusCause[] {
  if (!name) return [requiredValue(field)]
  return name.split('.').length >= 3 ? [] : [invalidValue(field, name, 'should be a domain with at least three segments separated by dots')]
}

const mostConditions = 64

/** Source: Kubernetes API reference, MatchCondition v1; admissionregistration validation, validateMatchConditions. */
function conditionProblems(field: string, webhook: ValidatingWebhook): readonly StatusCause[] {
  const { matchConditions = [] } = webhook as { readonly matchConditions?: readonly { name?: string; expression?: string }[] }
  const repeated = repeatedPlaces(matchConditions, ({ name }) => name)
  const tooMany = matchConditions.length > mostConditions ? [tooManyItems(field, matchConditions.length, mostConditions)] : []
  const ofEach = matchConditions.flatMap(({ name = '', expression = '' }, i) => [
    ...expressionProblems(`${field}[${i}].expression`, expression),
    ...(name === '' ? [requiredValue(`${field}[${i}].name`)] : problem(`${field}[${i}].name`, name, labelKeyProblem(name))),
    ...(name !== '' && repeated.has(i) ? [duplicateValue(`${field}[${i}].name`, name)] : []),
  ])
  return [...tooMany, ...ofEach]
}

function expressionProblems(field: string, expression: string): readonly StatusCause[] {
  if (expression.trim() === '') return [requiredValue(field)]
  const why = syntaxProblem(expression)
  return why === undefined ? [] : [invalidValue(field, expression, `compilation failed: ${why}`)]
}

/** Source: Kubernetes API reference, RuleWithOperations. */
interface Rule {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
}

function ruleProblems(field: string, rule: Rule): readonly StatusCause[] {
  const asked = rule.operations ?? []
  return [
    ...(asked.length === 0 ? [requiredValue(`${field}.operations`)] : []),
    ...asked.flatMap((operation, i) =>
      operations.includes(operation) ? [] : [unsupportedValue(`${field}.operations[${i}]`, operation, operations)],
    ),
    ...(['apiGroups', 'apiVersions', 'resources'] as const).flatMap((part) =>
      rule[part]?.length ? [] : [requiredValue(`${field}.${part}`)],
    ),
  ]
}

function choiceProblems(field: string, { failurePolicy, matchPolicy, sideEffects: effects }: ValidatingWebhook): readonly StatusCause[] {
  return [
    ...(failurePolicy && !failurePolicies.includes(failurePolicy)
      ? [unsupportedValue(`${field}.failurePolicy`, failurePolicy, failurePolicies)]
      : []),
    ...(matchPolicy && !matchPolicies.includes(matchPolicy) ? [unsupportedValue(`${field}.matchPolicy`, matchPolicy, matchPolicies)] : []),
    ...(effects && sideEffects.includes(effects) ? [] : [effectProblem(`${field}.sideEffects`, effects)]),
  ]
}

function effectProblem(field: string, effects: string | undefined): StatusCause {
  return effects ? unsupportedValue(field, effects, sideEffects) : requiredValue(field, 'must specify one of None, NoneOnDryRun')
}

function timeoutProblems(field: string, seconds: number | undefined): readonly StatusCause[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= 30)) return []
  return [invalidValue(field, seconds, 'the timeout value must be between 1 and 30 seconds')]
}

function clientProblems(field: string, { url, service }: WebhookClientConfig): readonly StatusCause[] {
  if ((url === undefined) === (service === undefined)) {
    return [requiredValue(`${field}`, 'exactly one of url or service is required')]
  }
  if (service !== undefined) {
    return (['name', 'namespace'] as const).flatMap((part) =>
      service[part] ? [] : [requiredValue(`${field}.service.${part}`, `service ${part} is required`)],
    )
  }
  return url?.startsWith('https://')
    ? []
    : [
        invalidValue(
          `${field}.url`,
          url?.split(':')[0] ?? '',
          "'https' is the only allowed URL scheme; desired format: https://host[/path]",
        ),
      ]
}
