import type { StatusCause } from '../../api/status-error.ts'
import type { JsonSchema } from './json-schema.ts'
import { causeOf } from './schema-failure.ts'
import { schemaFailures } from './validate-value.ts'

/** Why the defaults of a structural schema are refused: each must fit the schema it stands in. Source: Kubernetes, Defaulting. */
export function defaultProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const { items, properties = {}, additionalProperties } = schema
  return [
    ...(schema.default === undefined ? [] : ownProblems(schema, `${path}.default`)),
    ...(items === undefined ? [] : defaultProblems(items, `${path}.items`)),
    ...Object.entries(properties).flatMap(([name, field]) => defaultProblems(field, `${path}.properties[${name}]`)),
    ...(typeof additionalProperties === 'object' ? defaultProblems(additionalProperties, `${path}.additionalProperties`) : []),
  ]
}

function ownProblems(schema: JsonSchema, path: string): readonly StatusCause[] {
  const failures = schemaFailures(schema.default, schema, (list, index) => `${list}[${index}]`)
  return failures.map((failure) => {
    const { field = '', ...cause } = causeOf(failure, 20)
    return { ...cause, field: field === '' || field === '<nil>' ? path : `${path}.${field}` }
  })
}
