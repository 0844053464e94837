import { wrapText } from './wrap-text.ts'

const gap = '   '
/** Fewer columns than these make a column of words that nobody reads. */
const leastTextColumns = 24

/** Cells under each other, three blanks between columns. The first row says how many columns there are. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  return padded(rows).map((cells) => cells.join(gap).trimEnd())
}

/**
 * The same on so many columns, the lines of each row by themselves: the text of the last cell goes on under itself, or below its row where too little
 * room is left beside it. Names that are too long even so are cut in their middle, as they differ at their ends.
 *
 * @param names which cell of a row is a name
 */
export function fitColumns(rows: readonly (readonly string[])[], columns: number, names = 0): readonly (readonly string[])[] {
  const width = padded(rows.map((row) => row.slice(0, -1)))[0]?.join(gap).length ?? 0
  const longest = Math.max(...rows.map((row) => row[names]?.length ?? 0))
  const most = longest - Math.max(width - columns, 0)
  const heads = padded(rows.map((row) => row.slice(0, -1).map((cell, index) => (index === names ? shortened(cell, most) : cell))))
  const headWidth = heads[0]?.join(gap).length ?? 0
  const isBeside = columns - headWidth - gap.length >= leastTextColumns
  return rows.map((row, index) => {
    const head = heads[index]?.join(gap) ?? ''
    const text = row.at(-1) ?? ''
    return isBeside ? beside(head, text, columns) : below(head, text, columns)
  })
}

function beside(head: string, text: string, columns: number): readonly string[] {
  const [first = '', ...rest] = wrapText(text, columns - head.length - gap.length)
  return [`${head}${gap}${first}`.trimEnd(), ...rest.map((line) => ' '.repeat(head.length + gap.length) + line)]
}

function below(head: string, text: string, columns: number): readonly string[] {
  const indent = ' '.repeat(Math.min(4, Math.max(columns - leastTextColumns, 0)))
  const lines = text === '' ? [] : wrapText(text, Math.max(columns - indent.length, 1)).map((line) => indent + line)
  return [head.trimEnd(), ...lines]
}

/** At most so long, but never without its ends. */
function shortened(name: string, length: number): string {
  if (name.length <= length || length < 5) return name
  const end = Math.floor((length - 1) / 2)
  return `${name.slice(0, length - 1 - end)}…${name.slice(-end)}`
}

function padded(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
}
