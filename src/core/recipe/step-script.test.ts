import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { binaryRecipe } from './binary/binary-recipe.ts'
import type { RecipeOrder } from './recipe-order.ts'
import { allSteps } from './recipe-step.ts'
import { shellAssignments, shellQuote } from './shell-quote.ts'
import { parseStepLook, parseStepLooks } from './step-look.ts'
import { factsScript, stepLooksScript, stepScript } from './step-script.ts'

const order: RecipeOrder = { recipe: 'k3s', run: 'uid', version: 'v1.31.2+k3s1', pinned: false, sha256: {}, url: {} }
const recipe = binaryRecipe(order, { unit: 'k3s.service', role: 'server', binary: '/usr/local/bin/k3s', from: undefined }, 'a'.repeat(64))
const scripts = [
  ...allSteps(recipe).map((step) => ({ name: step.name, script: stepScript(recipe, step, 1) })),
  { name: 'facts', script: factsScript('k3s') },
]
const looks = stepLooksScript(recipe, 1)

describe('scripts', () => {
  it.each(scripts)('$name is a script for sh', ({ script }) => {
    execFileSync('sh', ['-n'], { input: script })
  })

  it.each(scripts)('$name fits into one argument of a program', ({ script }) => {
    expect(Buffer.byteLength(script)).toBeLessThan(32_768)
  })

  it('that look at all steps are one for sh, and hold what steps share once', () => {
    execFileSync('sh', ['-n'], { input: looks })
    expect(looks.split('digest_of() {')).toHaveLength(2)
    for (const { name } of allSteps(recipe)) expect(looks).toContain(`step='${name}'`)
  })

  it('hold no value but behind its quotes', () => {
    const [put] = recipe.steps
    if (put === undefined) throw new Error('no step')
    const hostile = "a'; touch /tmp/broken; $(reboot) `reboot`\n\\"
    const script = stepScript(recipe, { ...put, parameters: { binary: hostile } }, 1)
    expect(script.startsWith("attempt='1'\nbinary='a'\\''; touch")).toBe(true)
  })
})

describe('a word of a shell', () => {
  it.each(['', ' ', "it's", '$HOME', '`id`', '$(id)', 'a\nb', '\\', '*', '-n', '"', "''"])('%j comes out as it went in', (value) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuote(value)}`], { encoding: 'utf8' })).toBe(value)
  })

  it('cannot hold a NUL', () => {
    expect(() => shellQuote('a\0b')).toThrow(RangeError)
  })

  it.each(['PATH', 'a b', 'a=b', '1a', ''])('%j is no name of a variable', (name) => {
    expect(() => shellAssignments({ [name]: 'x' })).toThrow(RangeError)
  })
})

describe('how a step stands', () => {
  it.each([
    { text: 'active=yes\n', look: { active: true, done: false, output: '' } },
    { text: 'probe=no\noutput\n', look: { active: false, done: false, output: '' } },
    {
      text: 'attempt=2\nexit_code=1\nprobe=yes\noutput\nprobe=no\nlast words',
      look: { active: false, done: true, outcome: { attempt: 2, exitCode: 1 }, output: 'probe=no\nlast words' },
    },
  ])('is read from $text', ({ text, look }) => {
    expect(parseStepLook(text)).toEqual(look)
  })

  it.each(['', 'sh: not found', 'attempt=1\nprobe=yes\noutput\n', 'probe=maybe\noutput\n'])('is not read from %j', (text) => {
    expect(parseStepLook(text)).toBeUndefined()
  })
})

describe('how all steps stand', () => {
  const [a, b] = ['attempt=2\nexit_code=1\nbegun=yes\nprobe=no\n', 'probe=yes\n']

  it.each([
    { text: `step=b\n${b}step=a\n${a}end\n`, seen: ['b', 'a'] },
    { text: 'step=b\nactive=yes\nend\n', seen: ['b'] },
    { text: `step=b\n${b}step=a\nactive=yes\nend\n`, seen: ['b', 'a'] },
  ])('is read from $text', ({ text, seen }) => {
    expect([...(parseStepLooks(text, ['a', 'b'])?.keys() ?? [])]).toEqual(seen)
  })

  it('is what each says of itself', () => {
    expect(parseStepLooks(`step=b\n${b}step=a\n${a}end\n`, ['a', 'b'])).toEqual(
      new Map([
        ['b', parseStepLook(`${b}output\n`)],
        ['a', parseStepLook(`${a}output\n`)],
      ]),
    )
  })

  it.each([
    { what: 'nothing', text: '' },
    { what: 'a text that was cut', text: `step=b\n${b}step=a\n${a}` },
    { what: 'one step alone', text: `step=b\n${b}end\n` },
    { what: 'another step', text: `step=c\n${b}step=b\n${b}step=a\n${a}end\n` },
    { what: 'a step that says nothing', text: `step=b\nstep=a\n${a}end\n` },
    { what: 'something else', text: 'sh: not found\nend\n' },
  ])('is not read from $what', ({ text }) => {
    expect(parseStepLooks(text, ['a', 'b'])).toBeUndefined()
  })
})
