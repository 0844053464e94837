import type { MergeSchema } from '../merge-schema.ts'
import { builtInKinds } from './built-in-kinds.ts'
import { builtInTypes, type TypeRules } from './built-in-types.ts'
import { held, type TypeRule } from './type-rule.ts'

/** The merge schemas of the built-in kinds, as one minor of the API server has them. Make one for a server and keep it. */
export class BuiltInSchemas {
  readonly #kinds: Readonly<Record<string, TypeRules>>
  readonly #types: Readonly<Record<string, TypeRules>>
  readonly #resolved = new Map<string, MergeSchema>()

  constructor(minor: number) {
    this.#kinds = builtInKinds(minor)
    this.#types = builtInTypes(minor)
  }

  /** Of a kind of a group (empty for core); for kinds of which nothing is said, that of an object with metadata. */
  schemaOf(group: string, kind: string): MergeSchema {
    const name = group === '' ? kind : `${kind}.${group}`
    return this.#resolve(`kind ${name}`, { metadata: held('ObjectMeta'), ...this.#kinds[name] })
  }

  #resolve(name: string, rules: TypeRules): MergeSchema {
    const known = this.#resolved.get(name)
    if (known !== undefined) return known
    const fields: Record<string, MergeSchema> = {}
    const schema = { fields }
    this.#resolved.set(name, schema)
    for (const [field, rule] of Object.entries(rules)) fields[field] = this.#ruled(rule)
    return schema
  }

  #ruled({ type, list, atomic, present, zero }: TypeRule): MergeSchema {
    const of = type === undefined ? {} : this.#resolve(type, this.#types[type] ?? {})
    return {
      ...(list === undefined ? of : { list, element: of }),
      ...(atomic === undefined ? {} : { atomic }),
      ...(present === undefined ? {} : { present }),
      ...(zero === undefined ? {} : { zero }),
    }
  }
}
