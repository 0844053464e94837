/** `ESC [ 2K`: clear the line. Source: ECMA-48. */
const clear = '\r\u001b[2K'

/** One line that says how far it is, written over itself; nothing where there is no terminal. */
export interface ProgressLine {
  /** @param waiting what has not answered, the longest first */
  show(done: number, waiting: readonly string[]): void
  end(): void
}

/** @param columns of the terminal; undefined where the output is none */
export function progressLine(write: (text: string) => void, columns: () => number | undefined): ProgressLine {
  let isShown = false
  return {
    show(done, waiting) {
      const width = columns()
      if (width === undefined) return
      const text = `${done} of ${done + waiting.length} hosts looked at${waiting.length === 0 ? '' : `; waiting for ${waiting.join(', ')}`}`
      write(`${clear}${text.length < width ? text : `${text.slice(0, width - 2)}…`}`)
      isShown = true
    },
    end() {
      if (isShown) write(clear)
    },
  }
}
