import { itemsByElement, mergedItems, UnmergeableList } from '../fields/list-items.ts'
import { elementText, itemElement } from '../fields/path-element.ts'
import { goText } from '../go-text.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type MergeSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'

/** Why an object cannot be merged as its schema says, in the words of the real server: lists that are none, items without or with the same key. */
export function typedProblems(object: JsonObject, schema: MergeSchema): readonly string[] {
  return problemsAt(object, schema, '')
}

/** Several problems as one text, as the real server joins them. */
export function joinedProblems(problems: readonly string[]): string {
  return problems.length === 1 ? (problems[0] ?? '') : ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n')
}

function problemsAt(value: unknown, schema: MergeSchema, path: string): readonly string[] {
  const list = mergedItems(schema)
  if (list !== undefined && value !== null) {
    if (!Array.isArray(value)) return [`${path}: expected list, got &{${goText(value)}}`]
    return [...listProblems(value, schema, path), ...itemProblems(value, schema, path)]
  }
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([field, child]) => problemsAt(child, schemaOfField(schema, field), `${path}.${field}`))
  }
  return schema.fields !== undefined && value !== null ? [`${path}: expected map, got &{${goText(value)}}`] : []
}

function listProblems(items: readonly unknown[], schema: MergeSchema, path: string): readonly string[] {
  const list = mergedItems(schema)
  if (list === undefined) return []
  try {
    itemsByElement(items, list)
    return []
  } catch (error) {
    if (error instanceof UnmergeableList) return [`${path}: ${error.message}`]
    throw error
  }
}

function itemProblems(items: readonly unknown[], schema: MergeSchema, path: string): readonly string[] {
  return items.flatMap((item) => {
    const key = itemElement(item, schema.list ?? {})
    return 'problem' in key ? [] : problemsAt(item, schemaOfItem(schema), `${path}${elementText(key.element)}`)
  })
}
