import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { falkirkProgram } from '../../src/cli/program.ts'
import { hostRecipe } from '../../src/core/recipe/host-recipe.ts'
import { nodeFacts } from '../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import { allSteps } from '../../src/core/recipe/recipe-step.ts'

const page = readFileSync('docs/kubeadm.md', 'utf8')
const section = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''

describe('docs/kubeadm.md', () => {
  it('has a line for each part of a script of seed 004', () => {
    const parts = [...section("From a script of one's own").matchAll(/^\| `([\w-]+)/gm)].map((match) => match[1])
    expect(parts).toEqual(['prepare', 'cluster', 'master', 'master-runtime', 'worker', 'runtime'])
  })

  it('names no command and no flag that there is not', () => {
    const lines = [...page.matchAll(/^(?:\|.*)?`?(falkirk \w+(?: +-[^`|\n]*)?)/gm)].map((match) => match[1] ?? '')
    const wrong = lines.flatMap((line) => {
      const [, name = '', ...words] = line.split(/ +/)
      const command = falkirkProgram('falkirk').commands.find((each) => each.name() === name)
      if (command === undefined) return [line]
      const flags = command.options.map(({ long }) => long)
      return words.filter((word) => word.startsWith('--') && !flags.includes(word)).map((word) => `${line}: ${word}`)
    })
    expect(lines.length).toBeGreaterThan(3)
    expect(wrong).toEqual([])
  })

  it('tells of every step', () => {
    const look = {
      role: 'ControlPlane',
      name: 'cp1',
      version: 'v1.29.15',
      repository: 'https://pkgs.k8s.io/core:/stable:/v1.29/deb/ /',
    } as const
    const order = { run: 'uid', node: 'cp1', distribution: 'kubeadm', version: 'v1.30.14', part: 'FirstControlPlane' } as const
    const names = (['Stage', 'Change'] as const).flatMap((step) => {
      const answer = hostRecipe({ ...order, step }, nodeFacts(look))
      return answer.kind === 'Recipe' ? allSteps(answer.recipe).map(({ name }) => name) : [answer.message]
    })
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})
