import type { DraftObject, KubeObject } from '../../kube-object.ts'

/** One column of a table. Source: Kubernetes API reference, TableColumnDefinition. */
export interface TableColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format: string
  readonly description: string
  /** Zero: always shown; one: with `-o wide`. */
  readonly priority: number
}

/** What a cell may depend on beside its object. */
export interface PrintContext {
  readonly nowMs: number
  /** Minor of Kubernetes 1 that the server is. */
  readonly minor: number
}

export type Cell = string | number | boolean | null

export interface RowCondition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** How the objects of one resource are shown. */
export interface TablePrinter {
  columns(minor: number): readonly TableColumn[]
  cells(object: KubeObject, context: PrintContext): readonly Cell[]
  conditions?(object: KubeObject): readonly RowCondition[]
}

/** The first column of nearly every table. */
export const nameColumn: TableColumn = { name: 'Name', type: 'string', format: 'name', description: 'Name of the object.', priority: 0 }
/** How long ago the object was created. */
export const ageColumn: TableColumn = shown('Age')

/** A column that is always shown. */
export function shown(name: string, type: TableColumn['type'] = 'string'): TableColumn {
  return { name, type, format: '', description: '', priority: 0 }
}

/** A column for `-o wide`. */
export function wide(name: string, type: TableColumn['type'] = 'string'): TableColumn {
  return { name, type, format: '', description: '', priority: 1 }
}

/** `a=b,c=d`, by key; `<none>` without labels. */
export function labelsText(labels: Readonly<Record<string, string>> | null | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',')
}

/** The text, or `otherwise` when there is none. */
export function textOr(text: string | null | undefined, otherwise: string): string {
  return text ? text : otherwise
}

/** A printer whose columns are the same in every version. */
export function printer<T>(columns: readonly TableColumn[], cells: (object: T, context: PrintContext) => readonly Cell[]): TablePrinter {
  return { columns: () => columns, cells: (object, context) => cells(object as DraftObject as T, context) }
}
