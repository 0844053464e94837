import type { Candidate } from './complete-words.ts'

/** Candidates that go on with what is typed; of a list with commas its last item is completed, and what it has already is not proposed again. */
export function fittingCandidates(candidates: readonly Candidate[], typed: string, isList: boolean): readonly Candidate[] {
  const comma = isList ? typed.lastIndexOf(',') + 1 : 0
  const [before, item] = [typed.slice(0, comma), typed.slice(comma)]
  const taken = new Set(before.split(','))
  return candidates
    .filter(({ value }) => value.startsWith(item) && !taken.has(value))
    .map((candidate) => ({ ...candidate, value: before + candidate.value }))
}
