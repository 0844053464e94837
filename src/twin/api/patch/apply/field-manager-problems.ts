import { invalidText, tooLong } from '../../../schema/strategies/validation/refusal.ts'
import type { StatusCause } from '../../status-error.ts'
import { isPrintable } from './manager-name.ts'

const mostBytes = 128

/** Why a name is none of a manager: it is too long, or has characters that cannot be printed. Source: Kubernetes, apimachinery ValidateFieldManager. */
export function fieldManagerProblems(name: string): readonly StatusCause[] {
  const field = 'fieldManager'
  const causes: StatusCause[] = bytesOf(name) > mostBytes ? [tooLong(field, mostBytes)] : []
  let at = 0
  for (const character of name) {
    if (!isPrintable(character))
      causes.push(invalidText(field, quoted(name), `invalid character ${codePoint(character)} (at position ${at})`))
    at += bytesOf(character)
  }
  return causes
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

/** `U+0007` */
function codePoint(character: string): string {
  return `U+${hex(character, 4).toUpperCase()}`
}

function hex(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0')
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** A text as Go quotes it: what cannot be printed is escaped. */
function quoted(text: string): string {
  return `"${[...text].map((character) => shortEscapes[character] ?? (isPrintable(character) ? character : escaped(character))).join('')}"`
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return `\\x${hex(character, 2)}`
  return code < 0x1_0000 ? `\\u${hex(character, 4)}` : `\\U${hex(character, 8)}`
}
