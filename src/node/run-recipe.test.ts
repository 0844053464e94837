import { describe, expect, it } from 'vitest'
import type { Recipe, RunStep } from '../core/recipe/recipe-step.ts'
import type { Host } from './host.ts'
import { runRecipe } from './run-recipe.ts'

const reboot: RunStep = {
  kind: 'Run',
  name: 'reboot',
  does: 'reboots the host',
  disturbs: true,
  script: '',
  parameters: {},
  limitSeconds: 60,
  awaySeconds: 3,
}
const recipe: Recipe = { id: '0123456789ab', steps: [reboot] }
const notDone = 'probe=no\noutput\n'
const done = 'probe=yes\noutput\n'
const atWork = 'active=yes\n'
const gone = undefined

/** A host that gives these answers to looks, one after another; `gone`: it does not answer. */
function host(looks: readonly (string | undefined)[]): Host & { starts: number } {
  const left = [...looks]
  return {
    name: 'w1',
    starts: 0,
    async run(_script, word) {
      if (word === 'start') {
        this.starts += 1
        return { exitCode: 0, stdout: '', stderr: '' }
      }
      const answer = left.shift()
      if (answer === gone) throw new Error('w1 does not answer')
      return { exitCode: 0, stdout: answer, stderr: '' }
    },
  }
}

async function run(looks: readonly (string | undefined)[], step: RunStep = reboot) {
  const said: string[] = []
  const over = host(looks)
  let nowMs = 0
  const sleep = async (ms: number) => {
    nowMs += ms
  }
  const means = { host: over, say: (line: string) => said.push(line), sleep, now: () => nowMs }
  const end = await runRecipe({ recipe: { ...recipe, steps: [step] }, attempt: 1, files: new Map() }, means).catch(
    (error: Error) => error.message,
  )
  return { end, said, starts: over.starts }
}

describe('a step for which the host goes away', () => {
  it.each([
    { what: 'at once', looks: [notDone, gone, gone, done, done] },
    { what: 'in the middle', looks: [notDone, atWork, atWork, gone, gone, gone, done, done] },
    { what: 'and cannot say how it ended', looks: [notDone, atWork, gone, atWork, done, done] },
  ])('is waited for: $what', async ({ looks }) => {
    expect(await run(looks)).toEqual({
      end: { kind: 'Complete' },
      said: ['reboot: reboots the host', 'w1 restarts, and is waited for'],
      starts: 1,
    })
  })

  it('is given up when the host stays away for longer than the step says', async () => {
    expect((await run([notDone, gone, gone, gone, gone, done])).end).toBe('w1 does not answer')
  })

  it('is not waited for where the step does not say so, nor before anything was started', async () => {
    const { awaySeconds: _, ...stays } = reboot
    expect((await run([notDone, gone, done], stays)).end).toBe('w1 does not answer')
    expect(await run([gone, notDone])).toMatchObject({ end: 'w1 does not answer', starts: 0 })
  })
})

describe('a step that takes a while', () => {
  it.each([
    { takesMs: 100, lateMs: 125 },
    { takesMs: 1_000, lateMs: 250 },
    { takesMs: 60_000, lateMs: 1_000 },
  ])('of $takesMs ms is waited for by $lateMs ms too long at most', async ({ takesMs, lateMs }) => {
    const { awaySeconds: _, ...step } = reboot
    let [nowMs, endsAtMs] = [0, Number.POSITIVE_INFINITY]
    const over: Host = {
      name: 'w1',
      async run(_script, word) {
        if (word === 'start') endsAtMs = nowMs + takesMs
        const look = nowMs >= endsAtMs ? done : atWork
        return { exitCode: 0, stdout: endsAtMs === Number.POSITIVE_INFINITY ? notDone : look, stderr: '' }
      },
    }
    const sleep = async (ms: number) => {
      nowMs += ms
    }
    await runRecipe(
      { recipe: { ...recipe, steps: [step] }, attempt: 1, files: new Map() },
      { host: over, say: () => {}, sleep, now: () => nowMs },
    )
    expect(nowMs - takesMs).toBeLessThanOrEqual(lateMs)
  })
})

describe('looks at a host', () => {
  it('are one for each step at the beginning and at the end, and one for each that is carried out between', async () => {
    const steps = ['a', 'b', 'c'].map((name): RunStep => ({ ...reboot, name, awaySeconds: 0 })).map(({ awaySeconds: _, ...step }) => step)
    const finished = new Set<string>()
    const asked: string[] = []
    const over: Host = {
      name: 'w1',
      async run(script, word) {
        const [, name = ''] = /^step='?(\w+)/m.exec(script) ?? []
        asked.push(`${word} ${name}`)
        if (word === 'start') finished.add(name)
        return { exitCode: 0, stdout: finished.has(name) ? done : notDone, stderr: '' }
      },
    }
    const means = { host: over, say: () => undefined, sleep: async () => undefined, now: Date.now }
    expect(await runRecipe({ recipe: { ...recipe, steps }, attempt: 1, files: new Map() }, means)).toEqual({ kind: 'Complete' })
    const between = ['start a', 'look a', 'start b', 'look b', 'start c', 'look c']
    expect(asked).toEqual(['look c', 'look b', 'look a', ...between, 'look c', 'look b', 'look a'])
  })
})
