import { Environment } from '@marcbachmann/cel-js'
import { type LinearPattern, linearPattern } from '../linear-pattern.ts'
import { CelBudget, charactersOf } from './cel-budget.ts'
import { countLoops } from './counted-loops.ts'
import { linearMatches, withLinearMatches } from './linear-matches.ts'

/** A rule that can be run; throws what is wrong with it, also that it costs more than `budget` has left. */
export type CelProgram = (variables: Readonly<Record<string, unknown>>, budget: CelBudget) => unknown

/** Of the rule that runs: one at a time does. */
let current = new CelBudget()

/** How large an expression may be; what its loops cost is counted. */
const limits = { maxAstNodes: 10_000, maxDepth: 100, maxListElements: 1_000, maxMapEntries: 1_000, maxCallArguments: 32 }

const mostFound = 10_000

/** CEL with the functions that Kubernetes adds for lists and texts. Source: Kubernetes, CEL options, language features and libraries. */
const language = new Environment({ limits, enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerFunction('list.isSorted(): bool', (list: readonly unknown[]) =>
    list.every((item, at) => at === 0 || order(list[at - 1], item) <= 0),
  )
  .registerFunction('list.sum(): dyn', (list: readonly (bigint | number)[]) =>
    list.reduce((sum: bigint | number, item) => added(sum, item), 0n),
  )
  .registerFunction('list.min(): dyn', (list: readonly unknown[]) => extreme(list, -1))
  .registerFunction('list.max(): dyn', (list: readonly unknown[]) => extreme(list, 1))
  .registerFunction('list.indexOf(dyn): int', (list: readonly unknown[], item: unknown) => BigInt(list.indexOf(item)))
  .registerFunction('list.lastIndexOf(dyn): int', (list: readonly unknown[], item: unknown) => BigInt(list.lastIndexOf(item)))
  .registerFunction('string.find(string): string', (text: string, pattern: string) => patternOf(pattern).find(text, 1)[0] ?? '')
  .registerFunction('string.findAll(string): list', (text: string, pattern: string) => patternOf(pattern).find(text, mostFound))
  .registerFunction(`string.${linearMatches}(string): bool`, (text: string, pattern: string) => patternOf(pattern).test(text))

/** What an expression speaks of: the value that a rule is about (whose `oldSelf` may be an optional), or a request as admission sees it. */
export type CelSubject = 'Value' | 'ValueWithOptionalOld' | 'Request'

const environments: Readonly<Record<CelSubject, Environment>> = {
  Value: speakingOf('self', 'oldSelf'),
  ValueWithOptionalOld: speakingOf('self').registerVariable('oldSelf', 'optional<dyn>'),
  Request: speakingOf('object', 'oldObject', 'request'),
}

function speakingOf(...variables: readonly string[]): Environment {
  return variables.reduce((environment, name) => environment.registerVariable(name, 'dyn'), language.clone())
}

const compiled: Readonly<Record<CelSubject, Map<string, CelProgram | undefined>>> = {
  Value: new Map(),
  ValueWithOptionalOld: new Map(),
  Request: new Map(),
}

/** Expressions come from definitions and webhooks, of which a cluster has some hundreds. */
const mostCompiled = 10_000

/**
 * Compiles an expression, once for each text; undefined where it is not understood here: the real server has functions that this language
 * lacks, and a definition with them is right all the same.
 */
export function compileExpression(expression: string, subject: CelSubject = 'Value'): CelProgram | undefined {
  const known = compiled[subject]
  if (known.has(expression)) return known.get(expression)
  if (known.size >= mostCompiled) known.clear()
  const program = compile(expression, environments[subject])
  known.set(expression, program)
  return program
}

function compile(expression: string, environment: Environment): CelProgram | undefined {
  try {
    const program = environment.parse(withLinearMatches(expression, environment.parse(expression).ast))
    if (!program.check().valid) return undefined
    countLoops(program.ast, () => current.spend())
    return (variables, budget) => {
      current = budget
      budget.begin(charactersOf(Object.values(variables)))
      return program(variables)
    }
  } catch {
    return undefined
  }
}

/** Why an expression is none of the language, in one line; undefined where it is one. */
export function syntaxProblem(expression: string): string | undefined {
  try {
    language.parse(expression)
    return undefined
  } catch (error) {
    return firstLine(error)
  }
}

/** The message of an error of the language, without the excerpt of the source below it. */
export function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '').trim() : String(error)
}

function patternOf(pattern: string): LinearPattern {
  const found = linearPattern(pattern)
  if (found === undefined) throw new Error(`error parsing regexp: ${pattern}`)
  return found
}

function added(a: bigint | number, b: bigint | number): bigint | number {
  return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b)
}

function order(a: unknown, b: unknown): number {
  const [first, second] = [a, b] as [number, number]
  return first < second ? -1 : first > second ? 1 : 0
}

function extreme(list: readonly unknown[], sign: 1 | -1): unknown {
  if (list.length === 0) throw new Error(`${sign < 0 ? 'min' : 'max'} called on empty list`)
  return list.reduce((best, item) => (order(item, best) * sign > 0 ? item : best))
}
