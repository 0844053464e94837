import { describe, expect, it } from 'vitest'
import { parseHostFacts } from '../../core/host/host-facts.ts'
import { layoutOf } from '../../core/host/layout.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { hostRecipe } from '../../core/recipe/host-recipe.ts'
import { allSteps, type Recipe } from '../../core/recipe/recipe-step.ts'
import { shellAssignments } from '../../core/recipe/shell-quote.ts'
import { parseStepLook } from '../../core/recipe/step-look.ts'
import { stepScript } from '../../core/recipe/step-script.ts'
import { kubeletWorld } from '../kubelet/kubelet-world.test-support.ts'
import { MachineHost, MachineOff, type StepFault } from './machine-host.ts'
import { readStepCall } from './step-call.ts'

const version = 'v1.21.14'

async function world(role: 'Server' | 'Agent' = 'Server', fault?: StepFault) {
  const made = await kubeletWorld({ minor: 20 })
  await made.addNode('n', { role })
  const { fleet, clock } = made
  const defects: unknown[] = []
  const cluster = { controlPlane: fleet.controlPlane, configured: version }
  const faultOf = (_node: string, { attempt }: { readonly attempt: number }) => (attempt === 1 ? fault : undefined)
  const host = new MachineHost('n', { fleet, clock, cluster, faultOf, onDefect: (error) => defects.push(error) })
  const read = parseHostFacts(host.run('', 'facts').stdout)
  if (read.kind === 'Refused') throw new Error(read.message)
  const recipe = (step: HostOrder['step']): Recipe => {
    const part = role === 'Server' ? 'FirstControlPlane' : 'Worker'
    const found = hostRecipe({ run: 'uid', node: 'n', step, distribution: 'kubeadm', version, part }, read.facts)
    if (found.kind === 'Refused') throw new Error(found.message)
    return found.recipe
  }
  const on = (recipe: Recipe, name: string, attempt = 1) => {
    const step = allSteps(recipe).find((one) => one.name === name)
    if (step === undefined) throw new Error(`no step ${name}`)
    const script = stepScript(recipe, step, attempt)
    return { start: () => host.run(script, 'start').stdout, look: () => parseStepLook(host.run(script, 'look').stdout) }
  }
  return { ...made, host, defects, facts: read.facts, recipe, on }
}

describe('a machine as a host', () => {
  it.each([
    { role: 'Server', is: 'ControlPlane' },
    { role: 'Agent', is: 'Worker' },
  ] as const)('of a $role tells facts that the core takes for a $is of kubeadm', async ({ role, is }) => {
    const { facts } = await world(role)
    expect(layoutOf(facts)).toMatchObject({ distribution: 'kubeadm', role: is, owner: { kind: 'Package' } })
  })

  it.each(['Server', 'Agent'] as const)('of a %s knows every step of its recipe', async (role) => {
    const { recipe, on, defects } = await world(role)
    for (const step of ['Stage', 'Change'] as const) {
      const whole = recipe(step)
      for (const { name } of allSteps(whole)) expect(on(whole, name).look(), name).toMatchObject({ active: false })
    }
    expect(defects).toEqual([])
  })

  it('works on a step by itself, once, and tells its outcome and its result', async () => {
    const { recipe, on, seconds } = await world()
    const step = on(recipe('Stage'), 'pull-images')
    expect(step.look()).toMatchObject({ active: false, done: false })
    expect(step.start()).toBe('')
    expect(step.start()).toBe('found at work\n')
    expect(step.look()).toMatchObject({ active: true })
    await seconds(60)
    expect(step.look()).toMatchObject({ active: false, done: true, outcome: { attempt: 1, exitCode: 0 } })
  })

  it('has one step at work at a time: the next waits for the lock', async () => {
    const { recipe, on, seconds } = await world()
    const whole = recipe('Stage')
    const [first, second] = [on(whole, 'find-packages'), on(whole, 'download-packages')]
    first.start()
    second.start()
    await seconds(5)
    expect([first.look()?.active, second.look()?.active]).toEqual([false, true])
    await seconds(10)
    expect(second.look()).toMatchObject({ active: false, done: true })
  })

  it('forgets what is at work when it boots, keeps what is on its disk, and does not answer meanwhile', async () => {
    const { recipe, on, seconds, fleet, host } = await world()
    const whole = recipe('Stage')
    on(whole, 'find-packages').start()
    await seconds(10)
    on(whole, 'pull-images').start()
    fleet.rebootMachine('n')
    expect(() => host.run('', 'facts')).toThrow(MachineOff)
    await seconds(100)
    const cut = on(whole, 'pull-images').look()
    expect(cut).toMatchObject({ active: false, done: false })
    expect(cut?.outcome).toBeUndefined()
    expect(on(whole, 'find-packages').look()).toMatchObject({ done: true })
  })

  it('holds packages again when their installation fails half-way', async () => {
    const { recipe, on, seconds, fleet } = await world('Agent', { afterSeconds: 5, exitCode: 100, output: 'no space left on device' })
    const step = on(recipe('Change'), 'install-kubelet')
    step.start()
    await seconds(3)
    expect(fleet.machineOf('n').packages.get('kubelet')?.held).toBe(false)
    await seconds(20)
    expect(step.look()).toMatchObject({ done: false, outcome: { exitCode: 100 }, output: 'no space left on device\n' })
    const { packages } = fleet.machineOf('n')
    expect([...packages.values()].filter(({ version: is }) => is.startsWith('1.2')).every(({ held }) => held)).toBe(true)
  })

  it('takes a step that nobody has told it about for a defect', async () => {
    const { host, defects } = await world()
    const script = shellAssignments({ run_id: 'x', step: 'unheard-of', attempt: '1' })
    expect(host.run(script, 'look')).toMatchObject({ exitCode: 1 })
    expect(String(defects[0])).toContain("the twin's machines do not know unheard-of")
  })
})

it('reads the values of a script as they were written, whatever is in them', () => {
  const values = { run_id: 'r', step: 's', attempt: '2', text: "it's 'so'\\n $(x)", empty: '' }
  const script = `${shellAssignments(values)}set -u\nnot_a_value='no'\n`
  expect(readStepCall(script)).toEqual({ recipe: 'r', step: 's', attempt: 2, values })
  expect(readStepCall('set -u\n')).toBeUndefined()
})
