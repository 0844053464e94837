import type { CustomVersion } from '../../api/resource-type.ts'
import type { StatusCause } from '../../api/status-error.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { JsonSchema } from './json-schema.ts'
import { scaleProblems } from './scale-problems.ts'
import { causeOf } from './schema-failure.ts'
import { type ItemPath, schemaFailures } from './validate-value.ts'

/** Before, the path of a list's item was that of the list. */
const namesItems = 22

/** Why an object of a custom kind is refused by a server of that minor: its schema, and what its scale reads. */
export function customObjectProblems(next: KubeObject, { schema, scale }: CustomVersion, minor: number): readonly StatusCause[] {
  const itemPath: ItemPath = (path, index) => (minor < namesItems ? path : `${path}[${index}]`)
  const failures = schema === undefined ? [] : schemaFailures(next, schema as JsonSchema, itemPath)
  return [...failures.map((failure) => causeOf(failure, minor)), ...(scale === undefined ? [] : scaleProblems(next, scale))]
}
