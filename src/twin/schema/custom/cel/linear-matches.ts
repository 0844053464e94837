import type { ASTNode } from '@marcbachmann/cel-js'

/** The name by which an environment has `matches` with patterns that take no more than linear time. */
export const linearMatches = 'matchesLinear'

/** An expression with `linearMatches` in place of each `matches`, by where the parser has found them. */
export function withLinearMatches(expression: string, root: ASTNode): string {
  const places = callsOfMatches(root).sort((a, b) => b - a)
  return places.reduce((text, place) => {
    const at = text.indexOf('matches', place)
    return `${text.slice(0, at)}${linearMatches}${text.slice(at + 'matches'.length)}`
  }, expression)
}

/** Where the receivers of the calls end. */
function callsOfMatches(part: unknown): number[] {
  if (Array.isArray(part)) return part.flatMap(callsOfMatches)
  if (!isNode(part)) return []
  const below = callsOfMatches(part.args)
  return part.op === 'rcall' && part.args[0] === 'matches' ? [part.args[1].end, ...below] : below
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part
}
