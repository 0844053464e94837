import type { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'
import { schemaProblem } from '../schema-problem.ts'

export type ReadHostDocument<T> =
  | { readonly kind: 'Document'; readonly document: T }
  /** One sentence without anything that the host could have put into it but plain text. */
  | { readonly kind: 'Refused'; readonly message: string }

/** Most of what a host may tell, characters: what the scripts keep to. */
const longest = 65_535

/** Reads the document that `written_as_json` of a script printed. A host may say anything: what does not fit the schema is refused as a whole. */
export function readHostDocument<T extends { readonly complete: boolean }>(output: string, schema: z.ZodType<T>): ReadHostDocument<T> {
  if (output.length > longest) return refused('it said more than 64 KiB')
  // what a login prints comes before
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  if (last === '') return refused('it said nothing')
  const object = parsedJson(last)
  if (object === undefined) return refused('what it said is no JSON')
  const parsed = schema.safeParse(object)
  if (!parsed.success) return refused(maskOutput(schemaProblem(object, parsed.error)).replaceAll('\n', ' ').slice(0, 200))
  if (!parsed.data.complete) return refused('it stopped in the middle')
  return { kind: 'Document', document: parsed.data }
}

function refused(why: string): Extract<ReadHostDocument<never>, { kind: 'Refused' }> {
  return {
    kind: 'Refused',
    message: `the host did not answer with facts (${why}): look at what its shell prints at login, and at its processes`,
  }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
