/** Order of texts by their UTF-16 units, as `sort` needs it: what names and keys are sorted by, whatever the language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
