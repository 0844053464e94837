/** What one rule may cost, and what all rules of a write may cost together. Source: Kubernetes, CEL limits (PerCallLimit, RuntimeCELCostBudget). */
const ofOneRule = 1_000_000
const ofOneWrite = 10_000_000
/** Every turn of a loop may look at the whole value: so many characters of it cost as much as the turn itself. */
const charactersPerTurn = 1_000
/** A rule is shown its value anew: so many characters of it cost as much as a turn of a loop. */
const charactersPerView = 100

const overRule = 'operation cancelled: actual cost limit exceeded'

/** What the rules of one write have left. A turn of a loop is what costs; what is no loop is bounded by the length of its rule. */
export class CelBudget {
  #left = ofOneWrite
  #ofRule = 0
  #perStep = 1

  /** Nothing more may be run for this write. */
  get isSpent(): boolean {
    return this.#left < 0
  }

  /** A rule begins on values of so many characters. Throws when none may. */
  begin(characters: number): void {
    this.#left -= 1 + characters / charactersPerView
    this.#ofRule = Math.min(ofOneRule, this.#left)
    this.#perStep = 1 + characters / charactersPerTurn
    if (this.#left < 0) throw new Error(overRule)
  }

  /** A loop of the rule makes a turn. Throws when it may not. */
  spend(): void {
    this.#ofRule -= this.#perStep
    this.#left -= this.#perStep
    if (this.#ofRule < 0) throw new Error(overRule)
  }
}

/** Whether an error says that a rule has cost too much. */
export function isOverBudget(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith(overRule)
}

/** About how long a value is as text. */
export function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charactersOf(item) + 1, 2)
  if (typeof value !== 'object' || value === null || value instanceof Date) return 8
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + charactersOf(item) + 2, 2)
}
