import type { Difference } from '../differences.ts'
import type { Transcript } from './transcript.ts'

const leftOut = '<difference>'

/** Both transcripts with what is meant to differ left out. */
export function withoutDifferences(transcript: Transcript, difference: Difference | undefined): unknown {
  if (difference === undefined) return transcript
  const patterns = difference.at.map((path) => path.split('.'))
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (patterns.some((pattern) => matches(pattern, path))) return leftOut
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, String(index)]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member, [...path, name])]))
  }
  return walk(transcript, [])
}

function matches([first, ...more]: readonly string[], path: readonly string[]): boolean {
  if (first === undefined) return path.length === 0
  if (first === '**') return matches(more, path) || (path.length > 0 && matches([first, ...more], path.slice(1)))
  return path.length > 0 && (first === '*' || first === path[0]) && matches(more, path.slice(1))
}

/** What a case has waited for in vain; on the real side that is a fault of the case. */
export function missedIn(transcript: Transcript): Transcript {
  return transcript.filter(({ step, missed }) => missed !== undefined || step.startsWith('make '))
}

/** Where two values differ, a line each: `0.body.replicas: 2 instead of 3`. A failed comparison says so in its first line. */
export function placesThatDiffer(seen: unknown, expected: unknown, path: readonly string[] = []): readonly string[] {
  if (!isBranch(seen) || !isBranch(expected) || Array.isArray(seen) !== Array.isArray(expected)) {
    const [left, right] = [seen, expected].map((value) => (value === undefined ? 'nothing' : JSON.stringify(value)))
    return left === right ? [] : [`${path.join('.')}: ${left} instead of ${right}`]
  }
  const names = new Set([...Object.keys(seen), ...Object.keys(expected)])
  return [...names].flatMap((name) => placesThatDiffer(seen[name], expected[name], [...path, name]))
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
