import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideRecipe } from './decide-recipe.ts'
import type { Recipe, RunStep, StepLook } from './recipe-step.ts'

const step = (name: string): RunStep => ({ kind: 'Run', name, does: name, disturbs: true, script: '', parameters: {}, limitSeconds: 1 })
const names = ['put', 'replace', 'restart']
const recipe: Recipe = { id: '0123456789ab', steps: names.map(step), undo: step('restore') }

/** What may happen on a host: a runner takes a turn, the unit at work ends, the machine loses its power, a new attempt is made. */
type Happening = 'Turn' | 'EndWell' | 'EndBadly' | 'PowerCut' | 'NextAttempt'

class Host {
  readonly #done = new Set<string>()
  readonly #outcomes = new Map<string, { attempt: number; exitCode: number }>()
  active: { name: string; attempt: number } | undefined
  attempt = 1
  /** How often each result was brought about since it was last taken back. */
  readonly broughtAbout = new Map<string, number>()

  looks(): Map<string, StepLook> {
    const undone = !this.#done.has('replace')
    return new Map(
      [...names, 'restore'].map((name) => {
        const outcome = this.#outcomes.get(name)
        const done = name === 'restore' ? undone : this.#done.has(name)
        return [name, { active: this.active?.name === name, done, output: '', ...(outcome === undefined ? {} : { outcome }) }]
      }),
    )
  }

  start(name: string): void {
    expect(this.active, 'two steps never act at once').toBeUndefined()
    this.#outcomes.delete(name)
    this.active = { name, attempt: this.attempt }
  }

  end(exitCode: number): void {
    if (this.active === undefined) return
    const { name, attempt } = this.active
    this.active = undefined
    this.#outcomes.set(name, { attempt, exitCode })
    if (exitCode !== 0) return
    if (name === 'restore') {
      this.#done.clear()
      this.broughtAbout.clear()
    } else {
      this.#done.add(name)
      this.broughtAbout.set(name, (this.broughtAbout.get(name) ?? 0) + 1)
    }
  }

  powerCut(): void {
    this.active = undefined
  }
}

function happen(host: Host, happening: Happening): void {
  if (happening === 'Turn') turn(host)
  else if (happening === 'EndWell') host.end(0)
  else if (happening === 'EndBadly') host.end(1)
  else if (happening === 'PowerCut') host.powerCut()
  else host.attempt += 1
}

/** One turn of a runner that knows nothing of those before it. */
function turn(host: Host): string {
  const action = decideRecipe(recipe, host.looks(), host.attempt)
  if (action.kind === 'Start') host.start(action.step.name)
  return action.kind
}

const happenings = fc.array(fc.constantFrom<Happening>('Turn', 'Turn', 'EndWell', 'EndWell', 'EndBadly', 'PowerCut', 'NextAttempt'), {
  maxLength: 60,
})

it('whatever happens to host and runners, nothing is brought about twice, and in the end it is complete or taken back', () => {
  fc.assert(
    fc.property(happenings, (story) => {
      const host = new Host()
      for (const happening of story) {
        happen(host, happening)
        for (const [name, times] of host.broughtAbout) expect(times, name).toBe(1)
      }
      // from here on nothing goes wrong any more
      host.attempt += 1
      for (let turns = 0; turns < 20; turns += 1) {
        if (turn(host) === 'Complete') return
        host.end(0)
      }
      throw new Error('it does not come to an end')
    }),
    { numRuns: 2_000 },
  )
})
