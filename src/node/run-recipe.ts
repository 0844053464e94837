import { decideRecipe, type RecipeAction } from '../core/recipe/decide-recipe.ts'
import { maskOutput } from '../core/recipe/mask-output.ts'
import { allSteps, type Recipe, type RecipeStep, type StepLook, undoOf, undosOf } from '../core/recipe/recipe-step.ts'
import { parseStepLook } from '../core/recipe/step-look.ts'
import { stepScript } from '../core/recipe/step-script.ts'
import type { Host } from './host.ts'

/** What a run of steps acts through. */
export interface RunMeans {
  readonly host: Host
  /** Tells people what goes on, one line at a time. */
  readonly say: (line: string) => void
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Milliseconds; only differences count. */
  readonly now: () => number
}

/** A recipe, which attempt at it this is, from 1, and the files of this machine that its `Put` steps send, by name of the step. */
export interface RecipeRun {
  readonly recipe: Recipe
  readonly attempt: number
  readonly files: ReadonlyMap<string, string>
}

/** `message` is one sentence; `lines` is what the host printed before it came to that, for people to read. */
export type RunEnd = { readonly kind: 'Complete' } | RunFailure

interface RunFailure {
  readonly kind: 'Failed'
  readonly message: string
  readonly lines: readonly string[]
}

const pollMs = 1_000
const shortestPollMs = 125
/** A step is waited for by so much of its own time too long at most: most take a second or two, and there are many of them. */
const shareOfTime = 4
/** A step that is begun and waited for so often, as on a host that cannot write its outcome, is not begun again by the same run. */
const mostTurns = 6

type Looks = ReadonlyMap<string, StepLook>

/**
 * Carries out a recipe on a host, or finds it carried out, or under way, by an earlier run that was killed. All steps are looked at first and last;
 * between them only the one that was carried out, as each look is a question over the wire.
 */
export async function runRecipe(run: RecipeRun, means: RunMeans): Promise<RunEnd> {
  const turns = new Map<string, number>()
  let last: RecipeStep | undefined
  for (;;) {
    const seen = await lookAll(run, last, means)
    if (typeof seen === 'string') return failed(seen)
    const action = decideRecipe(run.recipe, seen, run.attempt)
    if (action.kind === 'Complete') return { kind: 'Complete' }
    if (action.kind === 'Failed') return stepFailed(action, run.recipe, seen)
    const after = await carryOn(seen, { run, means, turns })
    if (after.kind === 'Failed') return after
    last = after.last
  }
}

interface Work {
  readonly run: RecipeRun
  readonly means: RunMeans
  /** How often each step was begun or waited for. */
  readonly turns: Map<string, number>
}

/** All steps have to be looked at (again); the host may be away because of the last one. */
interface LookAgain {
  readonly kind: 'LookAgain'
  readonly last?: RecipeStep
}

/** Carries out one step after another, as long as what is known of the others holds; what could not be done ends the run. */
async function carryOn(from: Looks, work: Work): Promise<LookAgain | RunFailure> {
  const looks = new Map(from)
  for (;;) {
    const action = decideRecipe(work.run.recipe, looks, work.run.attempt)
    if (action.kind === 'Complete' || action.kind === 'Failed') return { kind: 'LookAgain' }
    const { step } = action
    if (isTooOften(step, work.turns)) {
      return failed(`${step.name} was started again and again, and leaves no outcome; look at ${work.means.host.name}`)
    }
    const look = await take(action, work)
    if ('kind' in look) return look
    if (action.kind === 'Wait' || changesOthers(step, work.run.recipe)) return { kind: 'LookAgain', last: step }
    looks.set(step.name, look)
  }
}

/** What is done by then may not be so after an undo, nor after a reboot. */
function changesOthers(step: RecipeStep, recipe: Recipe): boolean {
  return step.kind === 'Run' && (step.awaySeconds !== undefined || undosOf(recipe).includes(step))
}

function isTooOften({ name }: RecipeStep, turns: Map<string, number>): boolean {
  const turn = (turns.get(name) ?? 0) + 1
  turns.set(name, turn)
  return turn > mostTurns
}

/** One turn: starts a step or finds it at work, and waits for its end. */
async function take(
  { kind, step }: Extract<RecipeAction, { kind: 'Start' | 'Wait' }>,
  { run, means }: Work,
): Promise<StepLook | RunFailure> {
  if (kind === 'Wait') means.say(`${step.name}: found at work`)
  const problem = kind === 'Start' ? await start(step, run, means) : undefined
  if (problem !== undefined) return problem
  const look = await endOf(step, run, means)
  return typeof look === 'string' ? failed(look) : look
}

/** How a step stands when it is not at work any more. */
async function endOf(step: RecipeStep, { recipe, attempt }: RecipeRun, means: RunMeans): Promise<StepLook | string> {
  const beganMs = means.now()
  for (;;) {
    const pauseMs = Math.min(Math.max((means.now() - beganMs) / shareOfTime, shortestPollMs), pollMs)
    if (step.kind === 'Run') await means.sleep(pauseMs)
    const look = await whenBack(step, means, () => lookAt(recipe, step, attempt, means.host))
    if (typeof look === 'string' || !look.active) return look
  }
}

/** Asks again while a host that a step has sent away cannot be reached, so long as the step says. @throws what the last try threw */
async function whenBack<T>(step: RecipeStep | undefined, { sleep, now, host, say }: RunMeans, look: () => Promise<T>): Promise<T> {
  const awayMs = step?.kind === 'Run' ? (step.awaySeconds ?? 0) * 1_000 : 0
  for (let goneAtMs: number | undefined; ; ) {
    try {
      return await look()
    } catch (error) {
      // one try at a host that is off takes some seconds by itself
      if (goneAtMs === undefined && awayMs > 0) say(`${host.name} restarts, and is waited for`)
      goneAtMs ??= now()
      if (now() - goneAtMs >= awayMs) throw error
    }
    await sleep(pollMs)
  }
}

/**
 * How each step stands, or why that cannot be told. One that is at work is all that counts. From the last to the first: what ends between two
 * looks has then been looked at before what it works on.
 */
async function lookAll({ recipe, attempt }: RecipeRun, last: RecipeStep | undefined, means: RunMeans): Promise<Looks | string> {
  return await whenBack(last, means, async () => {
    const looks = new Map<string, StepLook>()
    for (const step of [...allSteps(recipe)].reverse()) {
      const look = await lookAt(recipe, step, attempt, means.host)
      if (typeof look === 'string') return look
      looks.set(step.name, look)
      if (look.active) break
    }
    return looks
  })
}

async function lookAt(recipe: Recipe, step: RecipeStep, attempt: number, host: Host): Promise<StepLook | string> {
  const { stdout, stderr } = await host.run(stepScript(recipe, step, attempt), 'look')
  return parseStepLook(stdout) ?? `${host.name} does not tell how ${step.name} stands: ${maskOutput(stderr || stdout)}`
}

/** Starts a step; the failure of one that could not be started. */
async function start(step: RecipeStep, { recipe, attempt, files }: RecipeRun, { host, say }: RunMeans): Promise<RunFailure | undefined> {
  say(`${step.name}: ${step.does}`)
  const script = stepScript(recipe, step, attempt)
  const file = files.get(step.name)
  if (step.kind === 'Put' && file === undefined) return failed(`${step.name} has no file to send to ${host.name}; nothing was sent`)
  const ended = await (step.kind === 'Put' && file !== undefined
    ? host.run(script, 'put', { file })
    : host.run(script, 'start', { text: script }))
  if (ended.exitCode === 0) return undefined
  return failed(`${step.name} failed on ${host.name}; what ran before runs on`, ended.stderr || ended.stdout)
}

function stepFailed(
  { step, undone }: Extract<RecipeAction, { kind: 'Failed' }>,
  recipe: Recipe,
  looks: ReadonlyMap<string, StepLook>,
): RunFailure {
  const { lines, verdict } = told(looks.get(step.name)?.output ?? '')
  const takesBack = undoOf(recipe, step)
  if (takesBack === undefined) return { kind: 'Failed', message: `${step.name} failed: ${verdict}`, lines }
  const undo = told(looks.get(takesBack.name)?.output ?? '')
  const after = undone ? 'what ran before runs again' : `this could not be taken back: ${undo.verdict}`
  return { kind: 'Failed', message: `${step.name} failed: ${verdict}; ${after}`, lines: undone ? lines : [...lines, ...undo.lines] }
}

/** @param output what the host printed; its last line is the reason */
export function failed(sentence: string, output = ''): RunFailure {
  const { lines, verdict } = told(output)
  return { kind: 'Failed', message: verdict === '' ? sentence : `${sentence}: ${verdict}`, lines }
}

function told(output: string): { readonly lines: readonly string[]; readonly verdict: string } {
  const lines = maskOutput(output).split('\n')
  return { lines: lines.slice(0, -1), verdict: lines.at(-1) ?? '' }
}
