import { assertNever } from '../../core/assert-never.ts'
import type { Candidate } from './complete-words.ts'

/** Who asks. `kubectl` asks for a plugin as its own shells do. */
export const askers = ['bash', 'zsh', 'fish', 'powershell', 'kubectl'] as const
export type Asker = (typeof askers)[number]

/** What is proposed for one word. */
export interface Proposal {
  /** Stands before the value in the same word: `--to=`. */
  readonly prefix: string
  readonly candidates: readonly Candidate[]
  /** Names of files are proposed instead. */
  readonly files: boolean
  /** More may follow in the same word: no blank behind a candidate. */
  readonly open: boolean
}

/** Numbers of https://github.com/spf13/cobra, which kubectl reads. */
const noSpace = 2
const noFiles = 4

/**
 * The lines that a shell's script reads: a candidate each, with a tab before its description, then `:` and what to do.
 *
 * @param cut how much of the word bash has set apart already
 */
export function shellAnswer(asker: Asker, { prefix, candidates, files, open }: Proposal, cut = 0): string {
  const lines = candidates.map(({ value, description = '' }) => lineOf(asker, { prefix, value, description: oneLine(description), cut }))
  const directive = (open ? noSpace : 0) + (files ? 0 : noFiles)
  return `${[...lines, `:${directive}`].join('\n')}\n`
}

interface Line {
  readonly prefix: string
  readonly value: string
  readonly description: string
  readonly cut: number
}

function lineOf(asker: Asker, { prefix, value, description, cut }: Line): string {
  switch (asker) {
    case 'bash':
      return (prefix + value).slice(cut)
    case 'kubectl':
      return description === '' ? value : `${value}\t${description}`
    case 'zsh':
    case 'fish':
    case 'powershell':
      return description === '' ? prefix + value : `${prefix}${value}\t${description}`
    default:
      return assertNever(asker)
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** How much of a word bash takes for another word: it breaks at `=` and `:` unless told otherwise. */
export function brokenOff(word: string, wordBreaks: string): number {
  return Math.max(...[...'=:'].map((char) => (wordBreaks.includes(char) ? word.lastIndexOf(char) + 1 : 0)))
}
