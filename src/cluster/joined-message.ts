const mostParts = 5

/**
 * One sentence for several that were reported in quick succession: what they have in common stands once, then the parts in
 * which they differ (five at most) and how many there were (`total` where `messages` are not all of them). A single sentence, however often, stays as it is.
 * `cordoned node a`, `cordoned node b` → `cordoned node a, b (2 in all)`.
 */
export function joinedMessage(messages: readonly string[], total = messages.length): string {
  const [first = '', ...others] = new Set(messages)
  if (others.length === 0) return first
  const distinct = [first, ...others].map((message) => message.split(' '))
  const head = commonWords(distinct, (words, at) => words[at])
  const tail = Math.min(
    commonWords(distinct, (words, at) => words[words.length - 1 - at]),
    Math.min(...distinct.map((words) => words.length)) - head,
  )
  // Sentences that share nothing are told apart by a stronger mark than a comma.
  const separator = head + tail === 0 ? '; ' : ', '
  const parts = distinct.map((words) => words.slice(head, words.length - tail).join(' ')).filter((part) => part !== '')
  const mark = commonMark(parts)
  const list = `${listed(
    parts.map((part) => part.slice(0, part.length - mark.length)),
    separator,
  )}${mark}`
  const [words = []] = distinct
  return [...words.slice(0, head), list, ...words.slice(words.length - tail), `(${total} in all)`].join(' ')
}

/** The comma or full stop that all parts end with: it stands once, after the last. */
function commonMark(parts: readonly string[]): string {
  const mark = /[^\w)\]}"']$/.exec(parts[0] ?? '')?.[0] ?? ''
  return parts.every((part) => part.endsWith(mark)) ? mark : ''
}

function listed(parts: readonly string[], separator: string): string {
  const shown = parts.slice(0, mostParts).join(separator)
  return parts.length <= mostParts ? shown : `${shown} and ${parts.length - mostParts} more`
}

/** How many words all messages share, counted from one of their ends. */
function commonWords(
  messages: readonly (readonly string[])[],
  wordAt: (words: readonly string[], at: number) => string | undefined,
): number {
  const [first = []] = messages
  let count = 0
  while (count < first.length && messages.every((words) => wordAt(words, count) === wordAt(first, count))) count += 1
  return count
}
