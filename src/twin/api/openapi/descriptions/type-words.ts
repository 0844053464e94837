/** A type in words, and its fields. */
export type TypeWords = readonly [description: string, fields: Readonly<Record<string, string>>]

/** The types of one API version by their names. */
export type VersionWords = Readonly<Record<string, TypeWords>>

/** All that is described, by API version as the tables name it: `core/v1`. */
export type DescribedVersions = Readonly<Record<string, VersionWords>>

const singleLine = /^ *\/\*\* (.*) \*\/$/
const typeBegin = /^export interface (\w+) \{$/
const fieldBegin = /^ {4}([$\w]+)\??:/

/** The comments of a TypeScript declaration file of the npm package kubernetes-types, by the types and fields they stand before. */
export function typeWords(declarations: string): VersionWords {
  const words: Record<string, [string, Record<string, string>]> = {}
  let own: [string, Record<string, string>] | undefined
  for (const { code, comment } of commentedLines(declarations)) {
    const [, type] = typeBegin.exec(code) ?? []
    const [, field] = fieldBegin.exec(code) ?? []
    if (type !== undefined) own = words[type] = [comment, {}]
    else if (code.startsWith('}')) own = undefined
    else if (own !== undefined && field !== undefined && comment !== '') own[1][field] = comment
  }
  return words
}

/** Each line of code with the comment that ends right before it. */
function* commentedLines(source: string): Generator<{ readonly code: string; readonly comment: string }> {
  let comment = ''
  let open: string[] | undefined
  for (const line of source.split('\n')) {
    const text = line.trim()
    if (open !== undefined) {
      if (text === '*/') [comment, open] = [open.join('\n'), undefined]
      else open.push(text.replace(/^\* ?/, ''))
    } else if (text === '/**') open = []
    else if (singleLine.test(line)) comment = singleLine.exec(line)?.[1] ?? ''
    else {
      yield { code: line, comment }
      comment = ''
    }
  }
}
