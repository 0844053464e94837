import type { JsonSchema } from '../../schema/custom/json-schema.ts'
import { kindType } from '../../schema/fields/kind-types.ts'
import { fieldLines } from '../../schema/fields/kubernetes-tables.ts'
import { StructTypes } from '../../schema/fields/struct-type.ts'
import { referencesOf, scalarDefinitions, structSchema } from './built-in-schema.ts'
import { customKindSchema } from './custom-schema.ts'
import { definitionName } from './definition-name.ts'
import { type DescribedResource, kindDefinitionName } from './open-api-paths.ts'
import { type Describe, type Dialect, kindExtension, type OpenApiSchema } from './open-api-schema.ts'

/** Makes the definitions that a set of resources needs. */
export class OpenApiDefinitions {
  readonly #structs: StructTypes
  readonly #describe: Describe
  readonly #structOfName = new Map(Object.keys(fieldLines).map((struct) => [definitionName(struct), struct]))

  constructor(minor: number, describe: Describe = () => undefined) {
    this.#structs = new StructTypes(minor)
    this.#describe = describe
  }

  /** Of the kinds of resources and of all that these are made of, by name and in the order of the names. */
  of(resources: readonly DescribedResource[], dialect: Dialect): Readonly<Record<string, OpenApiSchema>> {
    const found = new Map<string, OpenApiSchema>()
    const scalars = scalarDefinitions(dialect)
    const waiting = [...Object.keys(scalars), definitionName('meta/v1.DeleteOptions'), definitionName('meta/v1.Status')]
    for (const resource of resources) {
      const schema = this.#kindSchema(resource, dialect)
      found.set(kindDefinitionName(resource), schema)
      waiting.push(...referencesOf(schema, dialect))
    }
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (found.has(name)) continue
      const schema = scalars[name] ?? this.#structSchema(name, dialect)
      found.set(name, schema)
      waiting.push(...referencesOf(schema, dialect))
    }
    return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #kindSchema(resource: DescribedResource, dialect: Dialect): OpenApiSchema {
    const { type, version } = resource
    const kinds = [{ group: type.group, kind: type.kind, version }]
    const custom = type.custom?.[version]
    if (custom !== undefined) return { ...customKindSchema(custom.schema as JsonSchema | undefined, dialect), [kindExtension]: kinds }
    const struct = kindType(type.group, version, type.kind)
    return { ...this.#structSchema(struct === undefined ? '' : definitionName(struct), dialect), [kindExtension]: kinds }
  }

  #structSchema(name: string, dialect: Dialect): OpenApiSchema {
    const struct = this.#structs.get(this.#structOfName.get(name) ?? '')
    return struct === undefined ? { type: 'object' } : structSchema(struct, dialect, this.#describe)
  }
}
