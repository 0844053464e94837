import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { withDefaults } from '../../schema/custom/default-values.ts'
import type { JsonSchema } from '../../schema/custom/json-schema.ts'
import { customObjectProblems } from '../../schema/custom/object-problems.ts'
import type { ResourceStrategy, StrategyContext } from '../resource-strategy.ts'
import type { CustomVersion, ResourceType } from '../resource-type.ts'

/** What a custom resource asks of its writes: what its schema says. Unknown fields are gone by then. */
export function customStrategy(type: ResourceType): ResourceStrategy {
  return {
    countsGeneration: true,
    defaults: (draft, context) => defaulted(draft, versionOf(type, context)?.schema as JsonSchema | undefined),
    prepare: (next, old) => (old === undefined && type.subresources.includes('status') ? withoutStatus(next) : next),
    validate: (next, old, context) => {
      const version = versionOf(type, context)
      return version === undefined ? [] : customObjectProblems({ next, old, minor: context.minor }, version)
    },
  }
}

function versionOf(
  { custom, versions }: ResourceType,
  { version = versions[0]?.version ?? '' }: StrategyContext,
): CustomVersion | undefined {
  return custom?.[version]
}

function defaulted(draft: DraftObject, schema: JsonSchema | undefined): DraftObject {
  const { apiVersion, kind, metadata, ...fields } = draft
  const filled = withDefaults(fields, schema) as DraftObject
  if (filled === fields) return draft
  const envelope = Object.entries({ apiVersion, kind, metadata }).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(envelope), ...filled }
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object
  return rest as KubeObject
}
