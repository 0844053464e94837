import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../../host/host-facts.ts'
import { stepScript } from '../step-script.ts'
import { type OsOrder, osRecipe } from './os-recipe.ts'

const facts = factsOf('kubeadm-docker')
const order: OsOrder = {
  run: 'uid',
  node: 'w1',
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.20.2',
  part: 'Worker',
  os: { packages: 'All', reboot: 'IfRequired' },
}

describe('an upgrade of the operating system', () => {
  it.each([
    { step: 'Stage', packages: 'All', steps: ['plan-packages', 'fetch-packages'] },
    { step: 'Stage', packages: 'None', steps: [] },
    { step: 'Change', packages: 'None', steps: ['reboot', 'services'] },
    {
      step: 'Change',
      packages: 'Security',
      steps: ['mend-packages', 'plan-packages', 'fetch-packages', 'install-packages', 'reboot', 'services'],
    },
  ] as const)('$step of packages $packages is $steps', ({ step, packages, steps }) => {
    const { recipe } = made({ ...order, step, os: { packages, reboot: 'IfRequired' } })
    expect(recipe.steps.map(({ name }) => name)).toEqual(steps)
    expect(recipe.undo).toBeUndefined()
  })

  it('disturbs nothing while it is staged', () => {
    expect(made({ ...order, step: 'Stage' }).recipe.steps.filter(({ disturbs }) => disturbs)).toEqual([])
  })

  it('installs what was staged: both work on one list, and have an identity of their own', () => {
    const [stage, change] = [made({ ...order, step: 'Stage' }).recipe, made(order).recipe]
    expect(new Set([...stage.steps, ...change.steps].map(({ parameters }) => parameters.change)).size).toBe(1)
    expect(stage.id).not.toBe(change.id)
    expect(made({ ...order, run: 'another' }).recipe.steps[0]?.parameters.change).not.toBe(change.steps[0]?.parameters.change)
  })

  it.each([
    { what: 'not run by systemd', facts: { ...facts, os: { ...facts.os, init: 'other' as const } }, says: /not run by systemd/ },
    {
      what: 'without a package manager',
      facts: withManager(undefined),
      says: /none of apt-get, dnf, yum and zypper: set os.packages to None/,
    },
  ])('is refused on a host $what', ({ facts: host, says }) => {
    expect(osRecipe(order, host)).toMatchObject({ kind: 'Refused', message: expect.stringMatching(says) })
  })

  it('reboots a host without a package manager all the same', () => {
    expect(osRecipe({ ...order, os: { packages: 'None', reboot: 'Always' } }, withManager(undefined)).kind).toBe('Recipe')
  })

  it.each(['apt-get', 'dnf', 'yum', 'zypper'] as const)('has scripts for sh, each small enough for one argument: %s', (manager) => {
    const found = osRecipe({ ...order, os: { packages: 'Security', reboot: 'Always' } }, withManager(manager))
    if (found.kind === 'Refused') throw new Error(found.message)
    for (const step of found.recipe.steps) {
      const script = stepScript(found.recipe, step, 1)
      execFileSync('sh', ['-n'], { input: script })
      expect(Buffer.byteLength(script)).toBeLessThan(32_768)
    }
  })
})

function made(wanted: OsOrder) {
  const found = osRecipe(wanted, facts)
  if (found.kind === 'Refused') throw new Error(found.message)
  return found
}

function withManager(manager: 'apt-get' | 'dnf' | 'yum' | 'zypper' | undefined): HostFacts {
  const { manager: _, ...packages } = facts.packages
  return { ...facts, packages: manager === undefined ? packages : { ...packages, manager } }
}

function factsOf(name: string): HostFacts {
  const found = parseHostFacts(
    JSON.stringify(JSON.parse(readFileSync(new URL(`../../host/testdata/${name}.facts.json`, import.meta.url), 'utf8'))),
  )
  if (found.kind === 'Refused') throw new Error(found.message)
  return found.facts
}
