import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { withDefaults } from '../../schema/custom/default-values.ts'
import type { JsonSchema } from '../../schema/custom/json-schema.ts'
import { causeOf } from '../../schema/custom/schema-failure.ts'
import { schemaFailures } from '../../schema/custom/validate-value.ts'
import type { ResourceStrategy, StrategyContext } from '../resource-strategy.ts'
import type { ResourceType } from '../resource-type.ts'
import type { StatusCause } from '../status-error.ts'

/** What a custom resource asks of its writes: what its schema says. Unknown fields are gone by then. */
export function customStrategy(type: ResourceType): ResourceStrategy {
  return {
    countsGeneration: true,
    defaults: (draft, context) => defaulted(draft, schemaOf(type, context)),
    prepare: (next, old) => (old === undefined && type.subresources.includes('status') ? withoutStatus(next) : next),
    validate: (next, _old, context) => problems(next, schemaOf(type, context), context.minor),
  }
}

function schemaOf({ custom, versions }: ResourceType, { version = versions[0]?.version ?? '' }: StrategyContext): JsonSchema | undefined {
  return custom?.[version]?.schema as JsonSchema | undefined
}

function defaulted(draft: DraftObject, schema: JsonSchema | undefined): DraftObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = draft
  const filled = withDefaults(fields, schema) as DraftObject
  return filled === fields ? draft : { ...draft, ...filled }
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object
  return rest as KubeObject
}

function problems(object: KubeObject, schema: JsonSchema | undefined, minor: number): readonly StatusCause[] {
  if (schema === undefined) return []
  const itemPath = (path: string, index: number) => (minor < indexesInBrackets ? `${path}.${index}` : `${path}[${index}]`)
  return schemaFailures(object, schema, itemPath).map((failure) => causeOf(failure, minor))
}

/** Before, an item of a list was named `list.0`. */
const indexesInBrackets = 22
