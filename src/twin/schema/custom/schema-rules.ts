import { forbiddenValue, invalidValue, requiredValue } from '../../api/field-problem.ts'
import type { StatusCause } from '../../api/status-error.ts'
import { syntaxProblem } from './cel/cel-environment.ts'
import type { JsonSchema } from './json-schema.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** What JSON schema knows and Kubernetes does not take. */
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const

/** Why a definition may not have this schema, apart from its structure. Source: apiextensions-apiserver, validation of CustomResourceDefinitions. */
export function schemaRuleProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const { properties = {}, additionalProperties, items, not } = schema
  const junctors = Object.entries({ allOf: schema.allOf ?? [], oneOf: schema.oneOf ?? [], anyOf: schema.anyOf ?? [] })
  return [
    ...keywordProblems(schema, path),
    ...listProblems(schema, path),
    ...mapKeyProblems(schema, path),
    ...expressionProblems(schema, path),
    ...(typeof additionalProperties === 'object' ? schemaRuleProblems(additionalProperties, `${path}.additionalProperties`) : []),
    ...Object.entries(properties).flatMap(([name, field]) => schemaRuleProblems(field, `${path}.properties[${name}]`)),
    ...(not === undefined ? [] : schemaRuleProblems(not, `${path}.not`)),
    ...junctors.flatMap(([name, list]) => list.flatMap((entry, at) => schemaRuleProblems(entry, `${path}.${name}[${at}]`))),
    ...(items === undefined || Array.isArray(items) ? [] : schemaRuleProblems(items, `${path}.items`)),
  ]
}

function keywordProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const problems: StatusCause[] = []
  const { type = '', properties = {}, additionalProperties } = schema
  if (type !== '' && !types.includes(type)) problems.push(notSupported(`${path}.type`, type, types))
  if (type === 'null') problems.push(forbiddenValue(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  for (const name of unsupported) {
    if ((schema as Record<string, unknown>)[name] !== undefined)
      problems.push(forbiddenValue(`${path}.${name}`, `${name} is not supported`))
  }
  if (schema.uniqueItems === true) {
    problems.push(forbiddenValue(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
  }
  if (additionalProperties !== undefined && additionalProperties !== true && Object.keys(properties).length > 0) {
    problems.push(forbiddenValue(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    problems.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  if (Array.isArray(schema.items)) problems.push(forbiddenValue(`${path}.items`, 'items must be a schema object and not an array'))
  return [...problems, ...mapTypeProblems(schema, path)]
}

function expressionProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule = '' }, index) => {
    const at = `${path}.x-kubernetes-validations[${index}].rule`
    if (rule.trim() === '') return [requiredValue(at, 'rule is not specified')]
    const problem = syntaxProblem(rule)
    return problem === undefined ? [] : [invalidValue(at, rule, `compilation failed: ${problem}`)]
  })
}

function mapTypeProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const mapType = schema['x-kubernetes-map-type']
  if (mapType === undefined) return []
  const known = ['atomic', 'granular']
  return [
    ...wrongType(schema, 'object', 'x-kubernetes-map-type', path),
    ...(known.includes(mapType) ? [] : [notSupported(`${path}.x-kubernetes-map-type`, mapType, known)]),
  ]
}

function listProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const at = `${path}.x-kubernetes-list-type`
  const mustBeMap = 'must be map if x-kubernetes-list-map-keys is non-empty'
  if (listType === undefined) return keys.length === 0 ? [] : [requiredValue(at, mustBeMap)]
  const known = ['atomic', 'set', 'map']
  return [
    ...wrongType(schema, 'array', 'x-kubernetes-list-type', path),
    ...(listType === 'set' ? setItemProblems(schema.items, path) : []),
    ...(known.includes(listType) ? [] : [notSupported(at, listType, known)]),
    ...(keys.length > 0 && listType !== 'map' ? [invalidValue(at, listType, mustBeMap)] : []),
    ...(schema.items?.nullable === true && listType !== 'atomic'
      ? [forbiddenValue(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`)]
      : []),
  ]
}

function wrongType({ type = '' }: JsonSchema, wanted: string, extension: string, path: string): readonly StatusCause[] {
  if (type === wanted) return []
  const why = `must be ${wanted} if ${extension} is specified`
  return [type === '' ? requiredValue(`${path}.type`, why) : invalidValue(`${path}.type`, type, why)]
}

function setItemProblems(items: JsonSchema | undefined, path: string): readonly StatusCause[] {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items?.['x-kubernetes-list-type']
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalidValue(`${path}.items.x-kubernetes-list-type`, listType, why)]
  }
  return items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic'
    ? [invalidValue(`${path}.items.x-kubernetes-map-type`, listType ?? 'null', why)]
    : []
}

function mapKeyProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  if (schema['x-kubernetes-list-type'] !== 'map') return []
  const { items } = schema
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const at = `${path}.x-kubernetes-list-map-keys`
  if (items === undefined) return [requiredValue(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')]
  const problems = keys.length === 0 ? [requiredValue(at, 'must not be empty if x-kubernetes-list-type is map')] : []
  if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map"
    return [...problems, invalidValue(`${path}.items.type`, items.type ?? '', why)]
  }
  if (new Set(keys).size < keys.length) problems.push(invalidGo(at, keys, 'must not contain duplicate entries'))
  const unknown = keys.filter((key) => items.properties?.[key] === undefined)
  return [
    ...problems,
    ...unknown.map(() => invalidGo(at, keys, 'entries must all be names of item properties')),
    ...keys.flatMap((key) => oneKeyProblems(key, items, path)),
  ]
}

/** As `invalidValue`, with a list of texts written as Go writes it. */
function invalidGo(field: string, texts: readonly string[], why: string): StatusCause {
  const value = `[]string{${texts.map((text) => JSON.stringify(text)).join(', ')}}`
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field }
}

function oneKeyProblems(key: string, items: JsonSchema, path: string): readonly StatusCause[] {
  const property = items.properties?.[key]
  if (property === undefined) return []
  const at = `${path}.items.properties[${key}]`
  const isScalar = property.type !== 'array' && property.type !== 'object'
  const isThere = (items.required ?? []).includes(key) || property.default !== undefined
  const keyed = 'this property is in x-kubernetes-list-map-keys, so it'
  return [
    ...(isScalar ? [] : [invalidValue(`${at}.type`, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map")]),
    ...(isThere ? [] : [requiredValue(`${at}.default`, `${keyed} must have a default or be a required property`)]),
    ...(property.nullable === true ? [forbiddenValue(`${at}.nullable`, `${keyed} cannot be nullable`)] : []),
  ]
}

function notSupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  const names = supported.map((name) => JSON.stringify(name)).join(', ')
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${names}`, field }
}
