import type { KubeObject } from '../kube-object.ts'

/** Objects by key; the order of the objects of one key is that in which they came. */
export interface Index {
  get(key: string): readonly KubeObject[]
  count(key: string): number
  keys(): Iterable<string>
}

/** The place of one object in its table: the object in it changes, the place stays. */
export interface Row {
  object: KubeObject
  /** Under which each index of the table has it. */
  readonly keys: (readonly string[])[]
}

const none: readonly string[] = []

/** An index over one table; an object can stand under several keys or under none. It has to be told only of changes, and looks only at keys. */
export class ObjectIndex implements Index {
  readonly #keysOf: (object: KubeObject) => readonly string[]
  readonly #byKey = new Map<string, Set<Row>>()
  /** Which of its table's indexes it is. */
  readonly #ordinal: number

  /** `keysOf` says the same of the same object whenever it is asked. */
  constructor(keysOf: (object: KubeObject) => readonly string[], ordinal: number) {
    this.#keysOf = keysOf
    this.#ordinal = ordinal
  }

  get(key: string): readonly KubeObject[] {
    const rows = this.#byKey.get(key)
    if (rows === undefined) return []
    const objects: KubeObject[] = []
    for (const { object } of rows) objects.push(object)
    return objects
  }

  count(key: string): number {
    return this.#byKey.get(key)?.size ?? 0
  }

  keys(): Iterable<string> {
    return this.#byKey.keys()
  }

  /** There is another object in the row, or the first. */
  set(row: Row): void {
    const before = row.keys[this.#ordinal] ?? none
    const keys = this.#keysOf(row.object)
    if (haveTheSame(before, keys)) return
    this.#drop(row, before, keys)
    row.keys[this.#ordinal] = keys
    for (const key of keys) {
      const rows = this.#byKey.get(key)
      if (rows === undefined) this.#byKey.set(key, new Set([row]))
      else rows.add(row)
    }
  }

  delete(row: Row): void {
    this.#drop(row, row.keys[this.#ordinal] ?? none, none)
  }

  #drop(row: Row, keys: readonly string[], except: readonly string[]): void {
    for (const key of keys) {
      if (except.includes(key)) continue
      const rows = this.#byKey.get(key)
      rows?.delete(row)
      if (rows?.size === 0) this.#byKey.delete(key)
    }
  }
}

function haveTheSame(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
