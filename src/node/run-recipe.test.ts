import { describe, expect, it } from 'vitest'
import type { Recipe, RunStep } from '../core/recipe/recipe-step.ts'
import type { Host } from './host.ts'
import { runRecipe } from './run-recipe.ts'
import { HostFault } from './ssh/host-fault.ts'

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

const said = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' })
/** How the only step stands, among all. */
const told = (name: string, look: string) => `step=${name}\n${look.replace('output\n', '')}end\n`

/** A host that gives these answers to looks, one after another; `gone`: it does not answer. */
function host(looks: readonly (string | undefined)[]): Host & { starts: number } {
  const left = [...looks]
  return {
    name: 'w1',
    starts: 0,
    async run(_script, word) {
      if (word === 'start') {
        this.starts += 1
        return said('')
      }
      const answer = left.shift()
      if (answer === gone) throw new Error('w1 does not answer')
      return said(word === 'look_at_all' ? told('reboot', answer) : answer)
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

const plain = ['a', 'b', 'c'].map((name): RunStep => {
  const { awaySeconds: _, ...step } = reboot
  return { ...step, name }
})
const first = { ...recipe, steps: plain.slice(0, 1) }

describe('a step that takes a while', () => {
  it.each([
    { takesMs: 100, waitsMs: 20_000, lateMs: 0, mostAsked: 1 },
    { takesMs: 60_000, waitsMs: 20_000, lateMs: 0, mostAsked: 3 },
    // a host that does not wait is not asked again and again
    { takesMs: 1_000, waitsMs: 0, lateMs: 250, mostAsked: 10 },
    { takesMs: 60_000, waitsMs: 0, lateMs: 1_000, mostAsked: 75 },
  ])('of $takesMs ms is waited for there, $waitsMs ms at a time', async ({ takesMs, waitsMs, lateMs, mostAsked }) => {
    let [nowMs, endsAtMs, asked] = [0, Number.POSITIVE_INFINITY, 0]
    const over: Host = {
      name: 'w1',
      async run(_script, word) {
        if (word === 'look_at_all') return said(told('a', nowMs >= endsAtMs ? done : notDone))
        asked += 1
        if (word === 'carry_out') endsAtMs = nowMs + takesMs
        nowMs = Math.max(nowMs, Math.min(endsAtMs, nowMs + waitsMs))
        return said(nowMs >= endsAtMs ? done : atWork)
      },
    }
    const sleep = async (ms: number) => {
      nowMs += ms
    }
    await runRecipe({ recipe: first, attempt: 1, files: new Map() }, { host: over, say: () => {}, sleep, now: () => nowMs })
    expect(nowMs - takesMs).toBeLessThanOrEqual(lateMs)
    expect(asked).toBeLessThanOrEqual(mostAsked)
  })
})

describe('a host that is changed by steps', () => {
  it('is asked once for all of them at the beginning and at the end, and once for each that is carried out between', async () => {
    const finished = new Set<string>()
    const asked: string[] = []
    const over: Host = {
      name: 'w1',
      async run(script, word, input) {
        const named = (text: string) => [...text.matchAll(/^step='(\w+)'/gm)].map(([, name = '']) => name)
        const names = named(input !== undefined && 'text' in input ? input.text : script)
        asked.push([word, ...names].join(' '))
        const look = (name: string) => (finished.has(name) ? done : notDone)
        if (word === 'look_at_all') {
          return said(`${names.map((name) => `step=${name}\n${look(name).replace('output\n', '')}`).join('')}end\n`)
        }
        for (const name of names) finished.add(name)
        return said(look(names[0] ?? ''))
      },
    }
    const means = { host: over, say: () => undefined, sleep: async () => undefined, now: Date.now }
    expect(await runRecipe({ recipe: { ...recipe, steps: plain }, attempt: 1, files: new Map() }, means)).toEqual({ kind: 'Complete' })
    expect(asked).toEqual(['look_at_all c b a', 'carry_out a', 'carry_out b', 'carry_out c', 'look_at_all c b a'])
  })

  /** The only step is at work once it was told, and never ends until it was waited for so often; each wait before that is cut. */
  function cutOff(cuts: number, reason: 'ConnectionCut' | 'Unreachable' = 'ConnectionCut') {
    const asked: string[] = []
    let left = cuts
    const over: Host = {
      name: 'w1',
      async run(_script, word) {
        asked.push(word)
        const look = left > 0 ? atWork : done
        if (word === 'look_at_all') return said(told('a', asked.length === 1 ? notDone : look))
        left -= 1
        if (left >= 0) throw new HostFault(reason, 'w1 was cut off')
        return said(done)
      },
    }
    const means = { host: over, say: () => undefined, sleep: async () => undefined, now: Date.now }
    const end = runRecipe({ recipe: first, attempt: 1, files: new Map() }, means)
    return { end, asked }
  }

  it('is waited for over another connection when one is cut: what was begun is found, and not begun again', async () => {
    const { end, asked } = cutOff(2)
    expect(await end).toEqual({ kind: 'Complete' })
    expect(asked).toEqual(['look_at_all', 'carry_out', 'look_at_all', 'await_end', 'look_at_all'])
  })

  it('is left when connections are cut again and again, or do not stand', async () => {
    await expect(cutOff(100).end).rejects.toThrow('w1 was cut off')
    const { end, asked } = cutOff(1, 'Unreachable')
    await expect(end).rejects.toThrow('w1 was cut off')
    expect(asked).toEqual(['look_at_all', 'carry_out'])
  })

  it('is asked what a step has printed once that has failed', async () => {
    const over: Host = {
      name: 'w1',
      run: async (_script, word) =>
        said(word === 'look_at_all' ? told('a', `attempt=1\nexit_code=3\n${notDone}`) : `attempt=1\nexit_code=3\n${notDone}one\ntwo\n`),
    }
    const means = { host: over, say: () => undefined, sleep: async () => undefined, now: Date.now }
    expect(await runRecipe({ recipe: first, attempt: 1, files: new Map() }, means)).toEqual({
      kind: 'Failed',
      message: 'a failed: two',
      lines: ['one'],
    })
  })
})

describe('a recipe without steps, as of a host that has all of its change', () => {
  it('is complete, and nothing is asked', async () => {
    const never: Host = { name: 'w1', run: () => Promise.reject(new Error('asked')) }
    const means = { host: never, say: () => {}, sleep: async () => {}, now: () => 0 }
    expect(await runRecipe({ recipe: { ...recipe, steps: [] }, attempt: 1, files: new Map() }, means)).toEqual({ kind: 'Complete' })
  })
})
