/** A terminal that does not know its size says 0, as one on a serial line or under `script` does: it is taken for one of 80 columns and 24 rows. */
export function windowSize({ columns, rows }: { readonly columns?: number; readonly rows?: number }): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 }
}
