import type { PrinterColumn } from '../resource-type.ts'
import { sinceText } from './human-duration.ts'
import { valuesAt } from './json-path.ts'
import { type Cell, nameColumn, type TableColumn, type TablePrinter } from './table-column.ts'

const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

/** The table of a custom resource: its name and its printer columns; its age where it has none. Source: Kubernetes, Additional printer columns. */
export function customTable(columns: readonly PrinterColumn[]): TablePrinter {
  const shown = columns.length === 0 ? [age] : columns
  const definitions = [nameColumn, ...shown.map(definitionOf)]
  return {
    columns: () => definitions,
    cells: (object, { nowMs }) => [
      object.metadata.name,
      ...shown.map((column) => cellOf(valuesAt(object, column.jsonPath)[0], column, nowMs)),
    ],
  }
}

function definitionOf({ name, type, format, description, priority }: PrinterColumn): TableColumn {
  return { name, type: type as TableColumn['type'], format: format ?? '', description: description ?? '', priority: priority ?? 0 }
}

/** A value that is not of the column's type is not shown. */
function cellOf(value: unknown, { type }: PrinterColumn, nowMs: number): Cell {
  if (value === undefined || value === null) return null
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? dateCell(value, nowMs) : null
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}

function dateCell(time: string, nowMs: number): string {
  return Number.isNaN(Date.parse(time)) ? '<invalid>' : sinceText(time, nowMs)
}
