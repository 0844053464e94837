/** What the head of a step's script says: its values, as `shellAssignments` of the core wrote them. */
export interface StepCall {
  /** Identity of the recipe: the same for each attempt at it. */
  readonly recipe: string
  readonly step: string
  readonly attempt: number
  /** All values of the script, these three among them. */
  readonly values: Readonly<Record<string, string>>
}

/** Where the one before it ended. */
const assignment = /([a-z][a-z_0-9]*)='((?:[^']|'\\'')*)'\n/y

/** Reads the values before the text of a script; undefined when it is none of a step. */
export function readStepCall(script: string): StepCall | undefined {
  const values: Record<string, string> = {}
  assignment.lastIndex = 0
  for (let match = assignment.exec(script); match !== null; match = assignment.exec(script)) {
    const [, name = '', value = ''] = match
    values[name] = value.replaceAll("'\\''", "'")
  }
  const { run_id: recipe, step, attempt } = values
  if (recipe === undefined || step === undefined || attempt === undefined) return undefined
  return { recipe, step, attempt: Number(attempt), values }
}
