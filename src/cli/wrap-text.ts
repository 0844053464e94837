/** A text in lines of at most so many columns, broken between words; a word that is longer than a line goes on in the next. Columns are at least 1. */
export function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => pieces(each, columns))) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Wrapped, with the lines after the first moved to the right where there is room for that. */
export function wrapIndented(text: string, columns: number, indent: string): readonly string[] {
  if (columns < indent.length * 3) return wrapText(text, columns)
  const whole = text.trimStart()
  const [first = ''] = wrapText(whole, columns)
  // what follows the first line is broken anew: its lines are shorter
  const following = whole.slice(first.length).trimStart()
  return [first, ...(following === '' ? [] : wrapText(following, columns - indent.length).map((line) => indent + line))]
}

function pieces(word: string, columns: number): readonly string[] {
  if (word.length <= columns) return [word]
  return Array.from({ length: Math.ceil(word.length / columns) }, (_, index) => word.slice(index * columns, (index + 1) * columns))
}
