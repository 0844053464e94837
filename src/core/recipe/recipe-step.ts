/** What every step has. A step is found again by its name and the identity of its change; doing it twice is doing it once. */
interface StepBase {
  /** Name of its unit and folder on the host: `[a-z-]+`. */
  readonly name: string
  /** What it does, for people: `replaces /usr/local/bin/k3s`. */
  readonly does: string
  /** Whether what runs on the node notices. */
  readonly disturbs: boolean
  /** What an operator would type for it, in order; a word in capitals stands for what is found out on the host. */
  readonly commands?: readonly string[]
  /** Shell functions `probe` (its result is there) and `act`; fixed text that holds no values. */
  readonly script: string
  /** What the script finds as variables; quoted in `step-script.ts` alone. */
  readonly parameters: Readonly<Record<string, string>>
  /** Seconds after which it has failed. */
  readonly limitSeconds: number
}

/** Sends the new file to the host. It ends with whoever sends, and is begun anew. */
export interface PutStep extends StepBase {
  readonly kind: 'Put'
}

/** Runs on the host by itself: whoever started it may go away and find it again. */
export interface RunStep extends StepBase {
  readonly kind: 'Run'
  /** The host goes away in the middle of it, as for a reboot: seconds within which it is back and can be asked again. */
  readonly awaySeconds?: number
}

export type RecipeStep = PutStep | RunStep

/** The steps of one change of one host, in their order. */
export interface Recipe {
  /** Identity of the change, 12 hex digits: the same for each attempt at it. */
  readonly id: string
  readonly steps: readonly RecipeStep[]
  /** Brings back what was there before, when a step has failed. Absent: nothing that has been done needs to be taken back. */
  readonly undo?: RunStep
  /**
   * All steps once more, where changes of different things follow each other, each with its own undo: once a part has begun, those before it are over. What
   * they have done may look otherwise by then, and stays. Absent: all steps are one part, with `undo`.
   */
  readonly parts?: readonly RecipePart[]
}

/** What a host is to do. `Refused`: one sentence with the fix; nothing is touched. */
export type HostRecipe = { readonly kind: 'Recipe'; readonly recipe: Recipe } | { readonly kind: 'Refused'; readonly message: string }

/** Steps that are taken back together, or not at all. */
export type RecipePart = Pick<Recipe, 'steps' | 'undo'>

export function partsOf({ steps, undo, parts }: Recipe): readonly RecipePart[] {
  return parts ?? [{ steps, ...(undo === undefined ? {} : { undo }) }]
}

/** What takes back what a step belongs to. */
export function undoOf(recipe: Recipe, step: RecipeStep): RunStep | undefined {
  return partsOf(recipe).find(({ steps }) => steps.includes(step))?.undo
}

/** All that can run on a host for a recipe. */
export function allSteps(recipe: Recipe): readonly RecipeStep[] {
  return [...recipe.steps, ...undosOf(recipe)]
}

export function undosOf(recipe: Recipe): readonly RunStep[] {
  return partsOf(recipe).flatMap(({ undo }) => undo ?? [])
}

/** How a step stands on the host. */
export interface StepLook {
  /** Its unit is at work. */
  readonly active: boolean
  /** Its result is there, whoever has done it. */
  readonly done: boolean
  /** It was started in this change, by whomever. */
  readonly begun?: true
  /** How it ended last; absent while it never has. */
  readonly outcome?: { readonly attempt: number; readonly exitCode: number }
  /** The end of what it printed, as the host gave it. */
  readonly output: string
}
