import type { MemoryObject } from './memory-api.ts'

/** What a list or a watch asks for. */
export interface MemorySelection {
  /** Path of the collection; without a namespace it has the objects of all. */
  readonly collection: string
  /** `key=value`, joined by commas. */
  readonly labelSelector: string
  /** `path.to.field=value` or `!=`, joined by commas; a field that is not there is empty. */
  readonly fieldSelector: string
}

/** Whether the object at this path belongs to what is asked for. */
export function isSelected({ collection, labelSelector, fieldSelector }: MemorySelection, path: string, object: MemoryObject): boolean {
  const own = collectionOf(path)
  if (own !== collection && own.replace(/\/namespaces\/[^/]+/, '') !== collection) return false
  return hasLabels(labelSelector, object) && hasFields(fieldSelector, object)
}

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function hasLabels(labelSelector: string, { metadata }: MemoryObject): boolean {
  return parts(labelSelector).every((part) => {
    const [key = '', value] = part.split('=')
    return metadata.labels?.[key] === value
  })
}

function hasFields(fieldSelector: string, object: MemoryObject): boolean {
  return parts(fieldSelector).every((part) => {
    const [, field = '', operator, value] = /^([^!=]+)(!?=)(.*)$/.exec(part) ?? []
    const found = field.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object) ?? ''
    return (found === value) === (operator === '=')
  })
}

function parts(selector: string): readonly string[] {
  return selector.split(',').filter((part) => part !== '')
}
