import type { Command, Option } from 'commander'
import { type ValueSource, valueSource } from './value-source.ts'

/** What may stand next, with one line about it. */
export interface Candidate {
  readonly value: string
  readonly description?: string
}

/** What the word that is being typed can become. */
export interface WordToComplete {
  /** Stands before the value within the same word, and stays: `--to=`. */
  readonly prefix: string
  /** What is typed of the value. */
  readonly typed: string
  /** Options that were given before, by their long names; of one that was repeated the last. */
  readonly given: ReadonlyMap<string, string>
  readonly choice: { readonly kind: 'Candidates'; readonly candidates: readonly Candidate[] } | ValueSource
}

/**
 * Finds what a word can be. Pure.
 *
 * @param words behind the program's name; the last is being typed
 */
export function wordToComplete(program: Command, words: readonly string[]): WordToComplete {
  const typed = words.at(-1) ?? ''
  const { command, given, pending, rank, onlyArguments } = readWords(program, words.slice(0, -1))
  const at = { prefix: '', typed, given }
  if (pending !== undefined) return { ...at, choice: sourceOf(command, pending.long ?? '') }
  if (onlyArguments || !typed.startsWith('-')) return { ...at, choice: argumentChoice(command, rank) }
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? []
  if (name !== undefined && value !== undefined) {
    return { prefix: `${name}=`, typed: value, given, choice: sourceOf(command, name) }
  }
  return { ...at, choice: { kind: 'Candidates', candidates: optionCandidates(command, given) } }
}

interface ReadWords {
  command: Command
  readonly given: Map<string, string>
  /** The option whose value comes next. */
  pending: Option | undefined
  /** How many arguments of the command there are already. */
  rank: number
  /** Behind `--`. */
  onlyArguments: boolean
}

function readWords(program: Command, words: readonly string[]): Readonly<ReadWords> {
  const read: ReadWords = { command: program, given: new Map(), pending: undefined, rank: 0, onlyArguments: false }
  for (const word of words) readWord(read, word)
  return read
}

function readWord(read: ReadWords, word: string): void {
  const { pending, command, given, onlyArguments } = read
  if (pending !== undefined) {
    given.set(pending.long ?? '', word)
    read.pending = undefined
  } else if (onlyArguments || word === '-' || !word.startsWith('-')) readArgument(read, word)
  else if (word === '--') read.onlyArguments = true
  else read.pending = readOption(command, word, given)
}

/** The name of a command, or an argument of one. */
function readArgument(read: ReadWords, word: string): void {
  const next = read.rank === 0 ? read.command.commands.find((each) => each.name() === word) : undefined
  if (next === undefined) read.rank += 1
  else read.command = next
}

/** Notes an option; returned when its value is the next word. */
function readOption(command: Command, word: string, given: Map<string, string>): Option | undefined {
  const [name = '', ...values] = word.split('=')
  const option = command.options.find(({ long, short }) => long === name || short === name)
  if (option === undefined) return undefined
  if (option.required && values.length === 0) return option
  given.set(option.long ?? '', values.join('='))
  return undefined
}

function argumentChoice(command: Command, rank: number): WordToComplete['choice'] {
  if (command.commands.length > 0) return rank === 0 ? { kind: 'Candidates', candidates: commandCandidates(command) } : { kind: 'Free' }
  const argument = command.registeredArguments[rank]
  return argument === undefined ? { kind: 'Free' } : sourceOf(command, `<${argument.name()}>`)
}

function sourceOf(command: Command, value: string): ValueSource {
  const long = command.options.find((option) => option.short === value)?.long
  return valueSource(command.name(), long ?? value) ?? { kind: 'Free' }
}

function commandCandidates(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.description() }))
}

function optionCandidates(command: Command, given: ReadonlyMap<string, string>): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long != null && !given.has(long))
    .map(({ long, description }) => ({ value: long ?? '', description }))
}
