/** What every step has. A step is found again by its name and the identity of its change; doing it twice is doing it once. */
interface StepBase {
  /** Name of its unit and folder on the host: `[a-z-]+`. */
  readonly name: string
  /** What it does, for people: `replaces /usr/local/bin/k3s`. */
  readonly does: string
  /** Whether what runs on the node notices. */
  readonly disturbs: boolean
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
}

export type RecipeStep = PutStep | RunStep

/** The steps of one change of one host, in their order. */
export interface Recipe {
  /** Identity of the change, 12 hex digits: the same for each attempt at it. */
  readonly id: string
  readonly steps: readonly RecipeStep[]
  /** Brings back what was there before, when a step has failed. */
  readonly undo: RunStep
}

/** How a step stands on the host. */
export interface StepLook {
  /** Its unit is at work. */
  readonly active: boolean
  /** Its result is there, whoever has done it. */
  readonly done: boolean
  /** How it ended last; absent while it never has. */
  readonly outcome?: { readonly attempt: number; readonly exitCode: number }
  /** The end of what it printed, as the host gave it. */
  readonly output: string
}
