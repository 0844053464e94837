import type { CustomVersion } from '../../api/resource-type.ts'
import type { StatusCause } from '../../api/status-error.ts'
import type { KubeObject } from '../../kube-object.ts'
import { ruleProblems } from './cel/rule-problems.ts'
import type { JsonSchema } from './json-schema.ts'
import { listProblems } from './list-problems.ts'
import { scaleProblems } from './scale-problems.ts'
import { causeOf } from './schema-failure.ts'
import { type ItemPath, schemaFailures } from './validate-value.ts'

/** Before, the path of a list's item was that of the list. */
const namesItems = 22

/** The first minor that asks the rules of schemas by default. Source: KEP-2876. */
const hasRules = 25

/** From this minor on what an update leaves as it was is not held against it. Source: KEP-4008. */
const ratchets = 30

/** An object, what it was, and the minor of the server that judges. */
export interface JudgedObject {
  readonly next: KubeObject
  readonly old?: KubeObject | undefined
  readonly minor: number
}

/** Why an object of a custom kind is refused: its schema, what its scale reads, and the rules of the schema. */
export function customObjectProblems({ next, old, minor }: JudgedObject, { schema, scale }: CustomVersion): readonly StatusCause[] {
  const itemPath: ItemPath = (path, index) => (minor < namesItems ? path : `${path}[${index}]`)
  const failures = schema === undefined ? [] : schemaFailures(next, schema as JsonSchema, itemPath, minor < ratchets ? undefined : old)
  const problems = [
    ...failures.map((failure) => causeOf(failure, minor)),
    ...(scale === undefined ? [] : scaleProblems(next, scale)),
    ...newListProblems(next, old, schema),
  ]
  if (schema === undefined || minor < hasRules || !hasAnyRule(schema)) return problems
  if (problems.some(({ reason = '' }) => blocking.has(reason))) return [...problems, notChecked]
  const seen = { ...schema, properties: { ...(schema.properties as object | undefined), ...metaFields } }
  return [...problems, ...ruleProblems({ next, old, ratchets: minor >= ratchets }, seen)]
}

/** An object whose lists held an item twice before it was forbidden can still be changed. */
function newListProblems(next: KubeObject, old: KubeObject | undefined, schema: JsonSchema | undefined): readonly StatusCause[] {
  return old !== undefined && listProblems(old, schema).length > 0 ? [] : listProblems(next, schema)
}

/** Values of which rules must be sure. */
const blocking = new Set(['FieldValueRequired', 'FieldValueTypeInvalid', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueNotFound'])

const notChecked: StatusCause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
}

const text: JsonSchema = { type: 'string' }

/** What rules at the root see beside the fields of the schema. */
const metaFields: Readonly<Record<string, JsonSchema>> = {
  apiVersion: text,
  kind: text,
  metadata: { type: 'object', properties: { name: text, generateName: text } },
}

const withRules = new WeakMap<object, boolean>()

function hasAnyRule(schema: object): boolean {
  const known = withRules.get(schema) ?? JSON.stringify(schema).includes('"x-kubernetes-validations"')
  withRules.set(schema, known)
  return known
}
