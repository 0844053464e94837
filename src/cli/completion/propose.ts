import { assertNever } from '../../core/assert-never.ts'
import type { Candidate, WordToComplete } from './complete-words.ts'
import { fittingCandidates } from './fitting-candidates.ts'
import type { Proposal } from './shell-answer.ts'
import type { LiveKind } from './value-source.ts'

/** Finds out what cannot be known beforehand; `given` are the options of the command line. */
export type AskLive = (what: LiveKind, given: ReadonlyMap<string, string>) => Promise<readonly Candidate[]>

/** What a shell is to propose for a word. What does not answer proposes nothing; nothing is thrown. */
export async function propose({ prefix, typed, given, choice }: WordToComplete, ask: AskLive): Promise<Proposal> {
  const none = { prefix, candidates: [], files: false, open: false }
  switch (choice.kind) {
    case 'Free':
      return none
    case 'Files':
      return { ...none, files: true }
    case 'Candidates':
      return { ...none, candidates: fittingCandidates(choice.candidates, typed, false) }
    case 'Words': {
      const candidates = choice.words.map((value) => ({ value }))
      return { ...none, candidates: fittingCandidates(candidates, typed, choice.list === true), open: choice.list === true }
    }
    case 'Live': {
      const candidates = await ask(choice.what, given).catch(() => [])
      return { ...none, candidates: fittingCandidates(candidates, typed, choice.list === true), open: choice.list === true }
    }
    default:
      return assertNever(choice)
  }
}
