import type { ASTNode } from '@marcbachmann/cel-js'

type Evaluate = (this: unknown, evaluator: unknown, node: unknown, context: unknown) => unknown

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** Lets `spend` be called for every turn of every loop of a parsed rule. */
export function countLoops(part: unknown, spend: () => void): void {
  if (Array.isArray(part)) for (const one of part) countLoops(one, spend)
  if (!isNode(part)) return
  countLoops(part.args, spend)
  if (part.op === 'rcall' && loops.has(String(part.args[0]))) for (const body of part.args[2]) count(body, spend)
}

/** The language puts a quicker way of its own in the place of this one, the first time: it comes behind the counting. */
function count(node: ASTNode, spend: () => void): void {
  let inner = (node as unknown as { evaluate: Evaluate }).evaluate
  const counted: Evaluate = (evaluator, same, context) => {
    spend()
    return inner.call(node, evaluator, same, context)
  }
  Object.defineProperty(node, 'evaluate', {
    configurable: true,
    get: () => counted,
    set: (next: Evaluate) => {
      inner = next
    },
  })
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part
}
