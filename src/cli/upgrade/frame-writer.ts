/** `ESC [ … A`: cursor up; `ESC [ 2K`: clear the line; `ESC [ J`: clear from there on. Source: ECMA-48. */
const csi = '\u001b['

/** A frame without colours for a terminal that has so many columns now. */
export interface WritableFrame {
  /** Fewer than the terminal has rows, or it would scroll. */
  readonly lines: readonly string[]
  readonly columns: number
  /** Adds the colours. */
  readonly paint: (text: string) => string
}

/** Writes each frame over the one before; the same lines again are not written. */
export function frameWriter(write: (text: string) => void): (frame: WritableFrame) => void {
  let drawn: readonly string[] = []
  return ({ lines, columns, paint }) => {
    const text = lines.join('\n')
    if (text === drawn.join('\n')) return
    const rowsUp = drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0)
    write(rowsUp === 0 ? `${paint(text)}\n` : `${csi}${rowsUp}A\r${overwriting(paint(text))}`)
    drawn = lines
  }
}

/** Line by line: where a screen is cleared as a whole, tmux and others keep it in their history. */
function overwriting(text: string): string {
  return `${text.replaceAll(/^/gm, `${csi}2K`)}\n${csi}J`
}

/** Rows that a line takes on a terminal that has become so narrow meanwhile. */
function rowsOf(line: string, columns: number): number {
  return Math.max(Math.ceil(line.length / columns), 1)
}
