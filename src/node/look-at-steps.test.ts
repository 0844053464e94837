import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { Recipe, RunStep } from '../core/recipe/recipe-step.ts'
import { stepScript } from '../core/recipe/step-script.ts'
import { type FakeHost, fakeHost } from './fake-host.test-support.ts'
import { lookAtStep, lookAtSteps } from './look-at-steps.ts'

const hosts: FakeHost[] = []
afterAll(() => {
  for (const host of hosts) host.remove()
})

function aHost(): FakeHost {
  const host = fakeHost('v1.32.11+k3s1')
  hosts.push(host)
  return host
}

/** Done as soon as its file is there; `act` waits for that. */
function step(name: string, probe = ''): RunStep {
  const script = `probe() { ${probe}\n[ -e "$FAKE/$name" ]; }\nact() { until probe; do sleep 0.05; done; echo "it's $name"; }\n`
  return { kind: 'Run', name, does: '', disturbs: false, script, parameters: { name }, limitSeconds: 60 }
}

function recipeOf(...steps: readonly RunStep[]): Recipe {
  return { id: '0123456789ab', steps }
}

async function start(host: FakeHost, recipe: Recipe, of: RunStep): Promise<void> {
  const script = stepScript(recipe, of, 1)
  expect(await host.run(script, 'start', { text: script })).toMatchObject({ exitCode: 0 })
}

const idle = { active: false, done: false, output: '' }
const atWork = { active: true, done: false, output: '' }

// a limit for what hangs
describe('steps on a host', { timeout: 60_000 }, () => {
  it('are looked at in one call, and each says of itself what it would say alone', async () => {
    const host = aHost()
    const recipe = recipeOf(step('a'), step('b'), step('c'))
    writeFileSync(join(host.folder, 'b'), '')
    const looks = await lookAtSteps({ recipe, attempt: 1 }, host)
    expect(looks).toEqual(new Map(Object.entries({ c: idle, b: { ...idle, done: true }, a: idle })))
  })

  it('of which one is at work are told up to that one', async () => {
    const host = aHost()
    const [a, b, c] = [step('a'), step('b'), step('c')]
    const recipe = recipeOf(a, b, c)
    await start(host, recipe, b)
    expect(await lookAtSteps({ recipe, attempt: 1 }, host)).toEqual(new Map(Object.entries({ c: idle, b: atWork })))
    writeFileSync(join(host.folder, 'b'), '')
    const ended = { active: false, begun: true, done: true, outcome: { attempt: 1, exitCode: 0 }, output: "it's b\n" }
    expect(await lookAtStep({ recipe, step: b, attempt: 1 }, host, 'await_end')).toEqual(ended)
    expect(await lookAtSteps({ recipe, attempt: 1 }, host)).toEqual(
      new Map(Object.entries({ c: idle, b: { ...ended, output: '' }, a: idle })),
    )
  })

  it('of which one is begun while they are looked at are looked at once more', async () => {
    const host = aHost()
    const unit = '"$FAKE/units/falkirk-0123456789ab-c.service"'
    const begins = `mkdir -p ${unit}; echo active > ${unit}/ActiveState`
    const recipe = recipeOf(step('a', begins), step('b'), step('c'))
    expect(await lookAtSteps({ recipe, attempt: 1 }, host)).toEqual(new Map([['c', atWork]]))
  })

  it('that are asked to be carried out at the same time begin once, and both who asked hear of the end', async () => {
    const host = aHost()
    const a = step('a')
    const script = stepScript(recipeOf(a), a, 1)
    const asked = [1, 2].map(() => host.run(script, 'carry_out', { text: script }))
    while (!existsSync(join(host.folder, 'state/steps/0123456789ab/a/output'))) await sleep(20)
    writeFileSync(join(host.folder, 'a'), '')
    for (const { exitCode, stdout } of await Promise.all(asked)) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "attempt=1\nexit_code=0\nbegun=yes\nprobe=yes\noutput\nit's a\n" })
    }
    expect(host.log()).toEqual(['a attempt 1 started', 'a attempt 1 ended with 0'])
  })

  it('of a host that tells something else are not known', async () => {
    const other = { name: 'w1', run: async () => ({ exitCode: 1, stdout: '', stderr: 'sh: not found\n' }) }
    expect(await lookAtSteps({ recipe: recipeOf(step('a')), attempt: 1 }, other)).toBe(
      'w1 does not tell how the steps stand: sh: not found',
    )
  })
})
