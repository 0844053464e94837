import { dns1035LabelProblem, dnsSubdomainProblem } from '../../../core/kubernetes/dns-name.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../api/field-problem.ts'
import type { JsonObject } from '../../api/patch/json-object.ts'
import { sameJson } from '../../api/same-json.ts'
import type { StatusCause } from '../../api/status-error.ts'
import type { KubeObject } from '../../kube-object.ts'
import { defaultProblems } from './default-problems.ts'
import { type DefinitionSpec, type DefinitionVersion, definitionOf, isConditionTrue } from './definition.ts'
import { definitionSpecToV1beta1 } from './definition-conversion.ts'
import { columnProblems, definitionNameProblems, subresourceProblems } from './definition-names.ts'
import type { JsonSchema } from './json-schema.ts'
import { schemaRuleProblems } from './schema-rules.ts'
import { structuralProblems } from './structural-schema.ts'

/**
 * Why a CustomResourceDefinition is refused. `version` is that of the request: v1beta1 takes what v1 no longer does. Problems of what all
 * versions share are told of where v1beta1 has it (`spec.validation`), as the server itself does.
 * Source: apiextensions-apiserver v0.20, validation of CustomResourceDefinitions.
 */
export function definitionProblems(next: KubeObject, old: KubeObject | undefined, version: string): readonly StatusCause[] {
  const { spec = {} as DefinitionSpec, status, metadata } = definitionOf(next)
  const name = `${spec.names?.plural ?? ''}.${spec.group ?? ''}`
  return [
    ...(metadata.name === name ? [] : [invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...specProblems(spec),
    ...schemaPresence(spec, version),
    ...storedVersionProblems(spec, status?.storedVersions ?? []),
    ...immutabilityProblems(spec, old),
    ...approvalProblems(next, spec),
    ...(version !== 'v1beta1' && spec.preserveUnknownFields === true && old === undefined
      ? [
          invalidValue(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
  ]
}

function specProblems(spec: DefinitionSpec): readonly StatusCause[] {
  const versions = spec.versions ?? []
  const names = versions.map(({ name }) => name)
  return [
    ...groupProblems(spec.group),
    ...scopeProblems(spec.scope),
    ...versions.flatMap(versionProblems),
    ...partProblems(spec),
    ...(new Set(names).size === names.length ? [] : [invalidVersions('spec.versions', spec.versions, 'must contain unique version names')]),
    ...(versions.filter(({ storage }) => storage).length === 1
      ? []
      : [invalidVersions('spec.versions', spec.versions, 'must have exactly one version marked as storage version')]),
    ...definitionNameProblems(spec.names ?? {}, 'spec.names'),
    ...conversionProblems(spec),
  ]
}

/** An empty list is written as Go writes it; of others the value differs from a real server's, which prints its own structs. */
function invalidVersions(field: string, versions: readonly unknown[] | null | undefined, why: string): StatusCause {
  const listed = versions ?? undefined
  if (listed !== undefined && listed.length > 0) return invalidValue(field, listed, why)
  const value = `[]apiextensions.CustomResourceDefinitionVersion${listed === undefined ? '(nil)' : '{}'}`
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field }
}

function versionProblems({ name = '', deprecated, deprecationWarning }: DefinitionVersion, at: number): readonly StatusCause[] {
  const path = `spec.versions[${at}]`
  const problem = dns1035LabelProblem(name)
  const warning = deprecationWarning !== undefined && deprecated !== true ? 'can only be set for deprecated versions' : undefined
  return [
    ...(problem === undefined ? [] : [invalidValue(`${path}.name`, name, problem)]),
    ...(warning === undefined ? [] : [invalidValue(`${path}.deprecationWarning`, deprecationWarning, warning)]),
  ]
}

function storedVersionProblems({ versions: listed }: DefinitionSpec, stored: readonly string[]): readonly StatusCause[] {
  const field = 'status.storedVersions'
  if (stored.length === 0) {
    return [{ reason: 'FieldValueInvalid', message: 'Invalid value: []string(nil): must have at least one stored version', field }]
  }
  const versions = listed ?? []
  const missing = versions.filter(({ name, storage }) => storage && !stored.includes(name))
  const gone = stored.flatMap((name, at) => (versions.some((version) => version.name === name) ? [] : [{ name, at }]))
  return [
    ...missing.map((version) => invalidValue(field, version, `must have the storage version ${version.name}`)),
    ...gone.map(({ name, at }) => invalidValue(`${field}[${at}]`, name, 'must appear in spec.versions')),
  ]
}

function groupProblems(group: string | undefined): readonly StatusCause[] {
  if (!group) return [requiredValue('spec.group')]
  const problem = dnsSubdomainProblem(group)
  if (problem !== undefined) return [invalidValue('spec.group', group, problem)]
  return group.includes('.') ? [] : [invalidValue('spec.group', group, 'should be a domain with at least one dot')]
}

function scopeProblems(scope: string | undefined): readonly StatusCause[] {
  if (!scope) return [requiredValue('spec.scope')]
  if (scope === 'Cluster' || scope === 'Namespaced') return []
  const message = `Unsupported value: ${JSON.stringify(scope)}: supported values: "Cluster", "Namespaced"`
  return [{ reason: 'FieldValueNotSupported', message, field: 'spec.scope' }]
}

/** Of schemas, subresources and columns, at the place where v1beta1 has them. */
function partProblems(spec: DefinitionSpec): readonly StatusCause[] {
  const hasStatus = spec.versions?.some(({ subresources }) => subresources?.status !== undefined) ?? false
  const form = definitionSpecToV1beta1(spec as unknown as JsonObject)
  const versions = (form.versions ?? []) as readonly JsonObject[]
  return [
    ...versions.flatMap((version, at) => {
      const path = `spec.versions[${at}]`
      return [
        ...schemaProblems(version.schema, `${path}.schema`, spec, hasStatus),
        ...subresourceProblems(version.subresources, `${path}.subresources`),
        ...columnProblems(version.additionalPrinterColumns, `${path}.additionalPrinterColumns`),
      ]
    }),
    ...schemaProblems(form.validation, 'spec.validation', spec, hasStatus),
    ...subresourceProblems(form.subresources, 'spec.subresources'),
    ...columnProblems(form.additionalPrinterColumns, 'spec.additionalPrinterColumns'),
  ]
}

function schemaProblems(
  validation: unknown,
  path: string,
  { preserveUnknownFields }: DefinitionSpec,
  hasStatus: boolean,
): readonly StatusCause[] {
  const schema = (validation as { openAPIV3Schema?: JsonSchema } | undefined)?.openAPIV3Schema
  if (typeof schema !== 'object' || schema === null) return []
  const at = `${path}.openAPIV3Schema`
  const mustBeStructural = preserveUnknownFields !== true || JSON.stringify(schema).includes('"x-kubernetes-')
  const structural = mustBeStructural ? structuralProblems(schema, at) : []
  return [
    ...(hasStatus ? rootProblems(schema, at) : []),
    ...(schema.nullable === true ? [forbiddenValue(`${at}.nullable`, 'nullable cannot be true at the root')] : []),
    ...schemaRuleProblems(schema, at),
    ...structural,
    ...(structural.length === 0 ? defaultProblems(schema, at) : []),
  ]
}

const allowedAtRoot = [
  ...['Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength', 'MinLength'],
  ...['Pattern', 'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required', 'Items', 'Properties', 'ExternalDocs', 'Example'],
  'XPreserveUnknownFields',
]
const forbiddenAtRoot = [
  'default',
  'enum',
  'maxProperties',
  'minProperties',
  'allOf',
  'oneOf',
  'anyOf',
  'not',
  'additionalProperties',
] as const

/** With a status of its own, a schema is cut in two at its root. */
function rootProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  if (schema.type !== undefined && schema.type !== 'object') {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    return [invalidValue(`${path}.type`, schema.type, why)]
  }
  if (!forbiddenAtRoot.some((name) => schema[name] !== undefined)) return []
  const why = `only [${allowedAtRoot.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`
  return [invalidValue(path, schema, why)]
}

function schemaPresence(spec: DefinitionSpec, version: string): readonly StatusCause[] {
  if (version === 'v1beta1' && spec.preserveUnknownFields === true) return []
  return (spec.versions ?? []).flatMap(({ schema, served }, at) => {
    if (schema?.openAPIV3Schema !== undefined) return []
    const path = `spec.versions[${at}].schema.openAPIV3Schema`
    if (version !== 'v1beta1') return [requiredValue(path, 'schemas are required')]
    return served ? [requiredValue(path, 'because otherwise all fields are pruned')] : []
  })
}

function immutabilityProblems(spec: DefinitionSpec, old: KubeObject | undefined): readonly StatusCause[] {
  if (old === undefined) return []
  const before = definitionOf(old)
  const fixed: readonly (readonly [field: string, next: unknown, old: unknown])[] = [
    ...(isConditionTrue(before, 'Established')
      ? ([
          ['spec.scope', spec.scope, before.spec.scope],
          ['spec.names.kind', spec.names?.kind, before.spec.names.kind],
        ] as const)
      : []),
    ['spec.group', spec.group, before.spec.group],
    ['spec.names.plural', spec.names?.plural, before.spec.names.plural],
  ]
  return fixed
    .filter(([, next, previous]) => !sameJson(next, previous))
    .map(([field, next]) => invalidValue(field, next, 'field is immutable'))
}

const approval = 'api-approved.kubernetes.io'

/** Groups of the community need a link to their review. */
function approvalProblems({ metadata }: KubeObject, { group = '' }: DefinitionSpec): readonly StatusCause[] {
  const isProtected = ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`))
  if (!isProtected) return []
  const value = metadata.annotations?.[approval] ?? ''
  const field = `metadata.annotations[${approval}]`
  if (value.startsWith('unapproved') || /^https?:\/\/[^/]+\/./.test(value)) return []
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  return value === ''
    ? [requiredValue(field, `protected groups must have approval annotation "${approval}", ${see}`)]
    : [
        invalidValue(
          field,
          value,
          `protected groups must have approval annotation "${approval}" with either a URL or a reason starting with "unapproved", ${see}`,
        ),
      ]
}

function conversionProblems({ conversion, preserveUnknownFields }: DefinitionSpec): readonly StatusCause[] {
  if (conversion === undefined || conversion === null) return []
  const { strategy, webhook } = conversion as { strategy?: string; webhook?: JsonObject }
  if (!strategy) return [requiredValue('spec.conversion.strategy')]
  if (strategy !== 'None' && strategy !== 'Webhook') {
    const message = `Unsupported value: ${JSON.stringify(strategy)}: supported values: "None", "Webhook"`
    return [{ reason: 'FieldValueNotSupported', message, field: 'spec.conversion.strategy' }]
  }
  if (strategy === 'None') {
    return webhook?.clientConfig === undefined
      ? []
      : [forbiddenValue('spec.conversion.webhookClientConfig', 'should not be set when strategy is not set to Webhook')]
  }
  return [
    ...(preserveUnknownFields === true
      ? [invalidValue('spec.conversion.strategy', strategy, 'must be None if spec.preserveUnknownFields is true')]
      : []),
    ...(webhook?.clientConfig === undefined
      ? [requiredValue('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook')]
      : []),
    ...(Array.isArray(webhook?.conversionReviewVersions) && webhook.conversionReviewVersions.length > 0
      ? []
      : [requiredValue('spec.conversion.conversionReviewVersions')]),
  ]
}
