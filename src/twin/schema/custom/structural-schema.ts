import { compareText } from '../../../core/compare-text.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../api/field-problem.ts'
import { sameJson } from '../../api/same-json.ts'
import type { StatusCause } from '../../api/status-error.ts'
import type { JsonSchema } from './json-schema.ts'
import { linearPattern } from './linear-pattern.ts'

/** Where a schema stands: each place has its own words for a missing type. */
type Level = 'Root' | 'Field' | 'Item'

const typeMissing: Readonly<Record<Level, string>> = {
  Root: 'must not be empty at the root',
  Field: 'must not be empty for specified object fields',
  Item: 'must not be empty for specified array items',
}

/**
 * Why a schema is not structural: every value has a type, and what is inside `allOf`, `anyOf`, `oneOf` or `not` is also outside of them.
 * Source: Kubernetes, Specifying a structural schema.
 */
export function structuralProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const problems = [...invariants(schema, 'Root', path), ...completeness(schema, path)]
  return problems.sort((a, b) => compareText(textOf(a), textOf(b)))
}

function textOf({ field, message }: StatusCause): string {
  return `${field}: ${message}`
}

function invariants(schema: JsonSchema, level: Level, path: string): readonly StatusCause[] {
  const { items, properties = {}, additionalProperties } = schema
  return [
    ...(schema.type === 'array' && items === undefined ? [requiredValue(`${path}.items`, 'must be specified')] : []),
    ...(items === undefined ? [] : invariants(items, 'Item', `${path}.items`)),
    ...Object.entries(properties).flatMap(([name, field]) => invariants(field, 'Field', `${path}.properties[${name}]`)),
    ...(additionalProperties !== undefined && level === 'Root'
      ? [forbiddenValue(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(typeof additionalProperties === 'object' ? invariants(additionalProperties, 'Field', `${path}.additionalProperties`) : []),
    ...extensionProblems(schema, path),
    ...patternProblems(schema, path),
    ...junctorProblems(schema, path),
    ...typeProblems(schema, level, path),
    ...metadataProblems(schema, level, path),
  ]
}

function extensionProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  if (schema['x-kubernetes-int-or-string'] !== true) return []
  const clashing = (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const).filter(
    (name) => schema[name] === true,
  )
  return clashing.map((name) => invalidValue(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'))
}

function patternProblems({ pattern = '' }: JsonSchema, path: string): readonly StatusCause[] {
  if (pattern === '' || linearPattern(pattern) !== undefined) return []
  return [invalidValue(`${path}.pattern`, pattern, "must be a valid regular expression, but isn't")]
}

function typeProblems(schema: JsonSchema, level: Level, path: string): readonly StatusCause[] {
  const { type = '' } = schema
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const at = `${path}.type`
  if (embedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    return [type === '' ? requiredValue(at, why) : invalidValue(at, type, why)]
  }
  const untyped = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true
  if (type === '') return untyped ? [] : [requiredValue(at, typeMissing[level])]
  return level === 'Root' && type !== 'object' ? [invalidValue(at, type, 'must be object at the root')] : []
}

function metadataProblems(schema: JsonSchema, level: Level, path: string): readonly StatusCause[] {
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  if (level !== 'Root' && !embedded) return []
  const { properties = {} } = schema
  const wanted = { kind: 'string', apiVersion: 'string', metadata: 'object' } as const
  const problems: StatusCause[] = Object.entries(wanted).flatMap(([name, type]) => {
    const field = properties[name]
    return field === undefined || field.type === type
      ? []
      : [invalidValue(`${path}.properties[${name}].type`, field.type ?? '', `must be ${type}`)]
  })
  if (embedded && schema['x-kubernetes-preserve-unknown-fields'] !== true && Object.keys(properties).length === 0) {
    const why = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    problems.push(requiredValue(`${path}.properties`, why))
  }
  if (level === 'Root' && properties.metadata !== undefined && !restrictsOnlyName(properties.metadata)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    problems.push(forbiddenValue(`${path}.properties[metadata]`, why))
  }
  return problems
}

function restrictsOnlyName({ type: _, properties = {}, default: __, ...rest }: JsonSchema): boolean {
  return Object.keys(rest).length === 0 && Object.keys(properties).every((name) => name === 'name' || name === 'generateName')
}

const intOrString: readonly JsonSchema[] = [{ type: 'integer' }, { type: 'string' }]

/** What may not stand inside a junctor, with the word for what it has to be. */
const forbiddenInside: readonly (readonly [name: keyof JsonSchema, rule: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
]

/** The two ways to write `x-kubernetes-int-or-string` are allowed to name types. */
function junctorProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const pattern = (candidate: readonly JsonSchema[] | undefined) => candidate !== undefined && sameJson(candidate, intOrString)
  const { anyOf = [], allOf = [], oneOf = [], not } = schema
  return [
    ...(pattern(anyOf) ? [] : anyOf.flatMap((entry, at) => nested(entry, `${path}.anyOf[${at}]`))),
    ...allOf.flatMap((entry, at) => nested(at === 0 && pattern(entry.anyOf) ? withoutAnyOf(entry) : entry, `${path}.allOf[${at}]`)),
    ...oneOf.flatMap((entry, at) => nested(entry, `${path}.oneOf[${at}]`)),
    ...(not === undefined ? [] : nested(not, `${path}.not`)),
  ]
}

function withoutAnyOf({ anyOf: _, ...rest }: JsonSchema): JsonSchema {
  return rest
}

function nested(schema: JsonSchema, path: string): readonly StatusCause[] {
  const { items, properties = {} } = schema
  return [
    ...junctorProblems(schema, path),
    ...(items === undefined ? [] : nested(items, `${path}.items`)),
    ...Object.entries(properties).flatMap(([name, field]) => nested(field, `${path}.properties[${name}]`)),
    ...forbiddenInside.filter(([name]) => isSet(schema[name])).map(([name, rule]) => forbiddenValue(`${path}.${name}`, rule)),
    ...(properties.metadata === undefined
      ? []
      : [forbiddenValue(`${path}.properties[metadata]`, 'must not be specified in a nested context')]),
  ]
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0)
}

/** Only what is said at the root of a schema is held against its structure. */
function completeness(schema: JsonSchema, path: string): readonly StatusCause[] {
  return junctors(schema).flatMap(([entry, at]) => specifiedOutside(entry, schema, path, path + at))
}

function junctors({ not, allOf = [], anyOf = [], oneOf = [] }: JsonSchema): readonly (readonly [JsonSchema, at: string])[] {
  const listed = Object.entries({ allOf, anyOf, oneOf }).flatMap(([name, list]) =>
    list.map((entry, at) => [entry, `.${name}[${at}]`] as const),
  )
  return [...(not === undefined ? [] : [[not, '.not'] as const]), ...listed]
}

function specifiedOutside(value: JsonSchema, schema: JsonSchema | undefined, path: string, valuePath: string): readonly StatusCause[] {
  if (schema === undefined) return [requiredValue(path, `because it is defined in ${valuePath}`)]
  const { items, properties = {} } = value
  return [
    ...junctors(value).flatMap(([entry, at]) => specifiedOutside(entry, schema, path, valuePath + at)),
    ...(items === undefined ? [] : specifiedOutside(items, schema.items, `${path}.items`, `${valuePath}.items`)),
    ...Object.entries(properties).flatMap(([name, field]) =>
      specifiedOutside(field, schema.properties?.[name], `${path}.properties[${name}]`, `${valuePath}.properties[${name}]`),
    ),
  ]
}
