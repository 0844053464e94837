import { decideRecipe, type RecipeAction } from '../core/recipe/decide-recipe.ts'
import { maskOutput } from '../core/recipe/mask-output.ts'
import { type Recipe, type RecipeStep, type RunStep, type StepLook, undoOf, undosOf } from '../core/recipe/recipe-step.ts'
import { stepScript } from '../core/recipe/step-script.ts'
import type { Host } from './host.ts'
import { lookAtStep, lookAtSteps, type StepLooks, stepLook } from './look-at-steps.ts'
import { HostFault } from './ssh/host-fault.ts'

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

/**
 * Carries out a recipe on a host, or finds it carried out, or under way, by an earlier run that was killed. All steps are looked at first and last, in one
 * question over the wire; between them each step is one question, which waits on the host for its end.
 */
export async function runRecipe(run: RecipeRun, means: RunMeans): Promise<RunEnd> {
  const turns = new Map<string, number>()
  let last: RecipeStep | undefined
  for (;;) {
    const seen = await whenBack(last, means, () => lookAtSteps(run, means.host))
    if (typeof seen === 'string') return failed(seen)
    const action = decideRecipe(run.recipe, seen, run.attempt)
    if (action.kind === 'Complete') return { kind: 'Complete' }
    if (action.kind === 'Failed') return await stepFailed(action, run, means)
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
async function carryOn(from: StepLooks, work: Work): Promise<LookAgain | RunFailure> {
  const looks = new Map(from)
  for (;;) {
    const action = decideRecipe(work.run.recipe, looks, work.run.attempt)
    if (action.kind === 'Complete' || action.kind === 'Failed') return { kind: 'LookAgain' }
    const { step } = action
    if (isTooOften(step, work.turns)) {
      return failed(`${step.name} was started again and again, and leaves no outcome; look at ${work.means.host.name}`)
    }
    const look = await take(action, work)
    if (look === unheard) return { kind: 'LookAgain', last: step }
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

/** The host was not heard to the end: how its steps stand is to be seen. */
const unheard = 'Unheard'

/** One turn: starts a step or finds it at work, and waits for its end. */
async function take(
  { kind, step }: Extract<RecipeAction, { kind: 'Start' | 'Wait' }>,
  { run, means, turns }: Work,
): Promise<StepLook | RunFailure | typeof unheard> {
  means.say(kind === 'Wait' ? `${step.name}: found at work` : `${step.name}: ${step.does}`)
  try {
    const begun = kind === 'Start' ? await begin(step, run, means) : undefined
    if (begun !== undefined && 'kind' in begun) return begun
    const look = begun === undefined || begun.active ? await endOf(step, run, means) : begun
    return typeof look === 'string' ? failed(look) : look
  } catch (error) {
    // what is waited for goes on without the connection; the next look opens another one, or cannot
    const isCut = error instanceof HostFault && error.reason === 'ConnectionCut'
    if (!isCut || !waitsThere(step) || (turns.get(step.name) ?? 0) >= mostTurns) throw error
    return unheard
  }
}

/** Whoever carries it out waits on the host for its end; a host that is about to go away would not end what waits there. */
function waitsThere(step: RecipeStep): step is RunStep {
  return step.kind === 'Run' && step.awaySeconds === undefined
}

/** How a step stands when it is not at work any more. */
async function endOf(step: RecipeStep, { recipe, attempt }: RecipeRun, means: RunMeans): Promise<StepLook | string> {
  const { now, sleep, host } = means
  const beganMs = now()
  const word = waitsThere(step) ? 'await_end' : 'look'
  // what was sent has ended already, and what waits there waits at once
  let spentMs = step.kind === 'Put' || waitsThere(step) ? Number.POSITIVE_INFINITY : 0
  for (;;) {
    const pauseMs = Math.min(Math.max((now() - beganMs) / shareOfTime, shortestPollMs), pollMs) - spentMs
    if (pauseMs > 0) await sleep(pauseMs)
    const askedMs = now()
    const look = await whenBack(step, means, () => lookAtStep({ recipe, step, attempt }, host, word))
    if (typeof look === 'string' || !look.active) return look
    spentMs = word === 'look' ? 0 : now() - askedMs
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

/** Starts a step; the failure of one that could not be started, or how it stands if the host was asked to wait for its end. */
async function begin(
  step: RecipeStep,
  { recipe, attempt, files }: RecipeRun,
  { host }: RunMeans,
): Promise<RunFailure | StepLook | undefined> {
  const script = stepScript(recipe, step, attempt)
  const file = files.get(step.name)
  if (step.kind === 'Put' && file === undefined) return failed(`${step.name} has no file to send to ${host.name}; nothing was sent`)
  const word = step.kind === 'Put' ? 'put' : waitsThere(step) ? 'carry_out' : 'start'
  const ended = await host.run(script, word, file === undefined || step.kind === 'Run' ? { text: script } : { file })
  if (ended.exitCode !== 0) return failed(`${step.name} failed on ${host.name}; what ran before runs on`, ended.stderr || ended.stdout)
  if (word !== 'carry_out') return undefined
  const look = stepLook(step, host, ended)
  return typeof look === 'string' ? failed(look) : look
}

/** With what was printed by the step and by what took it back. */
async function stepFailed(
  { step, undone }: Extract<RecipeAction, { kind: 'Failed' }>,
  { recipe, attempt }: RecipeRun,
  { host }: RunMeans,
): Promise<RunFailure> {
  const look = await lookAtStep({ recipe, step, attempt }, host)
  if (typeof look === 'string') return failed(look)
  const { lines, verdict } = told(look.output)
  const takesBack = undoOf(recipe, step)
  if (takesBack === undefined) return { kind: 'Failed', message: `${step.name} failed: ${verdict}`, lines }
  if (undone) return { kind: 'Failed', message: `${step.name} failed: ${verdict}; what ran before runs again`, lines }
  const back = await lookAtStep({ recipe, step: takesBack, attempt }, host)
  if (typeof back === 'string') return failed(back)
  const undo = told(back.output)
  const message = `${step.name} failed: ${verdict}; this could not be taken back: ${undo.verdict}`
  return { kind: 'Failed', message, lines: [...lines, ...undo.lines] }
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
