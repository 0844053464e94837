import { binaryRecipe } from '../core/recipe/binary-recipe.ts'
import { decideRecipe, type RecipeAction } from '../core/recipe/decide-recipe.ts'
import { parseHostFacts } from '../core/recipe/host-facts.ts'
import { judgeHost } from '../core/recipe/judge-host.ts'
import { maskOutput } from '../core/recipe/mask-output.ts'
import type { RecipeOrder } from '../core/recipe/recipe-order.ts'
import type { Recipe, RecipeStep, StepLook } from '../core/recipe/recipe-step.ts'
import { parseStepLook } from '../core/recipe/step-look.ts'
import { factsScript, stepScript } from '../core/recipe/step-script.ts'
import type { Host } from './host.ts'

/** What a run of steps acts through. */
export interface RunMeans {
  readonly host: Host
  /** Tells people what goes on, one line at a time. */
  readonly say: (line: string) => void
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** What is to be done: the order, the new binary in this file with this digest, and which attempt it is, from 1. */
export interface RunInput {
  readonly order: RecipeOrder
  readonly binary: { readonly file: string; readonly sha256: string }
  readonly attempt: number
}

/** `message` is one sentence; `lines` is what the host printed before it came to that, for people to read. */
export type RunEnd = { readonly kind: 'Complete' } | RunFailure

interface RunFailure {
  readonly kind: 'Failed'
  readonly message: string
  readonly lines: readonly string[]
}

const pollMs = 1_000
/** A step that is begun and waited for so often, as on a host that cannot write its outcome, is not begun again by the same run. */
const mostTurns = 6

/** Carries out a recipe on a host, or finds it carried out, or under way, by an earlier run that was killed. */
export async function runSteps(input: RunInput, means: RunMeans): Promise<RunEnd> {
  const { host } = means
  const answer = await host.run(factsScript(input.order.recipe), 'facts')
  const facts = answer.exitCode === 0 ? parseHostFacts(answer.stdout) : undefined
  if (facts === undefined)
    return failed(`${host.name} does not tell what is on it, and nothing was touched`, answer.stderr || answer.stdout)
  const verdict = judgeHost(input.order, facts, input.binary.sha256)
  if (verdict.kind === 'Refused') return failed(`${verdict.message}; nothing was touched`)
  const recipe = binaryRecipe(input.order, verdict.host, input.binary.sha256)
  return await carryOut(recipe, input, means)
}

async function carryOut(recipe: Recipe, input: RunInput, means: RunMeans): Promise<RunEnd> {
  const turns = new Map<string, number>()
  for (;;) {
    const looks = await lookAll(recipe, input.attempt, means.host)
    if (typeof looks === 'string') return failed(looks)
    const action = decideRecipe(recipe, looks, input.attempt)
    if (action.kind === 'Complete') return { kind: 'Complete' }
    if (action.kind === 'Failed') return stepFailed(action, recipe, looks)
    const { name } = action.step
    const turn = (turns.get(name) ?? 0) + 1
    turns.set(name, turn)
    if (turn > mostTurns) return failed(`${name} was started again and again, and leaves no outcome; look at ${means.host.name}`)
    if (action.kind === 'Wait' && turn === 1) means.say(`${name}: found at work`)
    const problem = await take(action, { recipe, input, means })
    if (problem !== undefined) return problem
  }
}

interface Work {
  readonly recipe: Recipe
  readonly input: RunInput
  readonly means: RunMeans
}

/** One turn: what could not be done ends the run. */
async function take({ kind, step }: Extract<RecipeAction, { kind: 'Start' | 'Wait' }>, work: Work): Promise<RunEnd | undefined> {
  const { recipe, input, means } = work
  return kind === 'Start' ? await start(recipe, step, input, means) : await untilEnded(recipe, step, input.attempt, means)
}

async function untilEnded(recipe: Recipe, step: RecipeStep, attempt: number, { host, sleep }: RunMeans): Promise<RunEnd | undefined> {
  for (;;) {
    await sleep(pollMs)
    const look = await lookAt(recipe, step, attempt, host)
    if (typeof look === 'string') return failed(look)
    if (!look.active) return undefined
  }
}

/**
 * How each step stands, or why that cannot be told. One that is at work is all that counts. From the last to the first: what ends between two
 * looks has then been looked at before what it works on.
 */
async function lookAll(recipe: Recipe, attempt: number, host: Host): Promise<ReadonlyMap<string, StepLook> | string> {
  const looks = new Map<string, StepLook>()
  for (const step of [...recipe.steps, recipe.undo].reverse()) {
    const look = await lookAt(recipe, step, attempt, host)
    if (typeof look === 'string') return look
    looks.set(step.name, look)
    if (look.active) return looks
  }
  return looks
}

async function lookAt(recipe: Recipe, step: RecipeStep, attempt: number, host: Host): Promise<StepLook | string> {
  const { stdout, stderr } = await host.run(stepScript(recipe, step, attempt), 'look')
  return parseStepLook(stdout) ?? `${host.name} does not tell how ${step.name} stands: ${maskOutput(stderr || stdout)}`
}

/** Starts a step; the failure of one that could not be started. */
async function start(
  recipe: Recipe,
  step: RecipeStep,
  { attempt, binary }: RunInput,
  { host, say }: RunMeans,
): Promise<RunEnd | undefined> {
  say(`${step.name}: ${step.does}`)
  const script = stepScript(recipe, step, attempt)
  const isPut = step.kind === 'Put'
  const ended = await host.run(script, isPut ? 'put' : 'start', isPut ? { file: binary.file } : { text: script })
  if (ended.exitCode === 0) return undefined
  return failed(`${step.name} failed on ${host.name}; what ran before runs on`, ended.stderr || ended.stdout)
}

function stepFailed(
  { step, undone }: Extract<RecipeAction, { kind: 'Failed' }>,
  recipe: Recipe,
  looks: ReadonlyMap<string, StepLook>,
): RunFailure {
  const { lines, verdict } = told(looks.get(step.name)?.output ?? '')
  const undo = told(looks.get(recipe.undo.name)?.output ?? '')
  const after = undone ? 'what ran before runs again' : `this could not be taken back: ${undo.verdict}`
  return { kind: 'Failed', message: `${step.name} failed: ${verdict}; ${after}`, lines: undone ? lines : [...lines, ...undo.lines] }
}

/** @param output what the host printed; its last line is the reason */
function failed(sentence: string, output = ''): RunFailure {
  const { lines, verdict } = told(output)
  return { kind: 'Failed', message: verdict === '' ? sentence : `${sentence}: ${verdict}`, lines }
}

function told(output: string): { readonly lines: readonly string[]; readonly verdict: string } {
  const lines = maskOutput(output).split('\n')
  return { lines: lines.slice(0, -1), verdict: lines.at(-1) ?? '' }
}
