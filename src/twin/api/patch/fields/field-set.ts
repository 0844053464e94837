/**
 * A set of fields of an object, as `managedFields` holds it (FieldsV1): elements of a path (`f:spec`, `k:{"name":"web"}`, `v:"x"`), each with
 * what lies below it. A field is in the set when `.` is among its elements, or when it has none. The set itself, `{}`, is empty.
 * Source: KEP-555 server-side apply, FieldsV1.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** A field that is in the set, with nothing below it. */
export const leaf: FieldSet = Object.freeze({})

/** The empty set. */
export const noFields: FieldSet = Object.freeze({})

const self = '.'

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** Whether the field at which `node` stands in a set is itself in it. Not for a whole set. */
export function isMember(node: FieldSet): boolean {
  return isEmptySet(node) || self in node
}

/** What stands in a set for a field with `below`; undefined when there is nothing to say. */
export function nodeOf(member: boolean, below: FieldSet | undefined): FieldSet | undefined {
  if (below === undefined || isEmptySet(below)) return member ? leaf : undefined
  return member && !(self in below) ? { [self]: leaf, ...below } : below
}

/** The elements of a set below a field, without `.`. */
export function elementsOf(set: FieldSet): readonly string[] {
  return Object.keys(set).filter((element) => element !== self)
}

/** What is in one of two sets or in both. */
export function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b
  if (isEmptySet(b) || a === b) return a
  const out: Record<string, FieldSet> = { ...a }
  for (const element of elementsOf(b)) {
    const [left, right] = [a[element], b[element] ?? leaf]
    out[element] = left === undefined ? right : unionOfNodes(left, right)
  }
  return out
}

function unionOfNodes(a: FieldSet, b: FieldSet): FieldSet {
  return nodeOf(isMember(a) || isMember(b), unionOf(below(a), below(b))) ?? leaf
}

/** What is in `a` and not in `b`; a field that goes leaves what lies below it. */
export function differenceOf(a: FieldSet, b: FieldSet): FieldSet {
  if (!meet(a, b)) return a
  const out: Record<string, FieldSet> = {}
  for (const [element, node] of Object.entries(a)) {
    const other = b[element]
    const left = other === undefined ? node : nodeOf(isMember(node) && !isMember(other), differenceOf(below(node), below(other)))
    if (left !== undefined) out[element] = left
  }
  return out
}

/** Whether the sets have an element of their first level in common. */
function meet(a: FieldSet, b: FieldSet): boolean {
  for (const element in b) {
    if (element in a) return true
  }
  return false
}

/** What is in both sets. */
export function intersectionOf(a: FieldSet, b: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {}
  for (const [element, node] of Object.entries(a)) {
    const other = b[element]
    if (other === undefined) continue
    const both = nodeOf(isMember(node) && isMember(other), intersectionOf(below(node), below(other)))
    if (both !== undefined) out[element] = both
  }
  return out
}

export function isSameSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  const elements = elementsOf(a)
  if (elements.length !== elementsOf(b).length) return false
  return elements.every((element) => {
    const [left = leaf, right] = [a[element], b[element]]
    return right !== undefined && isMember(left) === isMember(right) && isSameSet(below(left), below(right))
  })
}

/** The fields of a set, each as the elements of its path; as the real server lists them: a level's own fields before those below. */
export function pathsOf(set: FieldSet, prefix: readonly string[] = []): readonly (readonly string[])[] {
  const elements = elementsOf(set).toSorted()
  const own = elements.filter((element) => isMember(set[element] ?? leaf)).map((element) => [...prefix, element])
  return [...own, ...elements.flatMap((element) => pathsOf(set[element] ?? leaf, [...prefix, element]))]
}

/** The same set with `.` first and its elements in order, as it is written; the very set when it is so already. */
export function sortedSet(set: FieldSet): FieldSet {
  if (isSorted(set)) return set
  const sorted: Record<string, FieldSet> = self in set ? { [self]: leaf } : {}
  for (const element of elementsOf(set).toSorted()) sorted[element] = sortedSet(set[element] ?? leaf)
  return sorted
}

function isSorted(set: FieldSet): boolean {
  let last = ''
  for (const element in set) {
    // `.` comes before every letter that an element begins with.
    if (element < last || !isSorted(set[element] ?? leaf)) return false
    last = element
  }
  return true
}

/** A node without its own `.`: what lies below, as a set of its own. */
function below(node: FieldSet): FieldSet {
  if (!(self in node)) return node
  const { [self]: _, ...rest } = node
  return rest
}
