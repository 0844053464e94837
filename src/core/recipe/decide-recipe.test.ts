import { describe, expect, it } from 'vitest'
import { decideRecipe } from './decide-recipe.ts'
import type { Recipe, RunStep, StepLook } from './recipe-step.ts'

const step = (name: string): RunStep => ({
  kind: 'Run',
  name,
  does: name,
  disturbs: true,
  script: '',
  parameters: {},
  limitSeconds: 1,
})
const recipe: Recipe = { id: '0123456789ab', steps: [step('put'), step('replace'), step('restart')], undo: step('restore') }

const none: StepLook = { active: false, done: false, output: '' }
const done: StepLook = { ...none, done: true }
const active: StepLook = { ...none, active: true }
const ended = (exitCode: number, attempt = 1): StepLook => ({ ...none, outcome: { attempt, exitCode } })

interface Case {
  readonly what: string
  readonly looks: Readonly<Record<string, StepLook>>
  readonly attempt?: number
  readonly next: string
}

const cases: readonly Case[] = [
  { what: 'nothing has been done', looks: {}, next: 'Start put' },
  { what: 'the first result is there, whoever brought it', looks: { put: done }, next: 'Start replace' },
  { what: 'a step is at work, by whomever', looks: { put: done, replace: done, restart: active }, next: 'Wait restart' },
  { what: 'all results are there', looks: { put: done, replace: done, restart: done }, next: 'Complete' },
  {
    what: 'all results are there after a failure',
    looks: { put: done, replace: done, restart: { ...ended(1), done: true } },
    next: 'Complete',
  },
  { what: 'a step has failed', looks: { put: done, replace: done, restart: ended(1) }, next: 'Start restore' },
  {
    what: 'a step of another attempt has failed',
    looks: { put: done, replace: done, restart: ended(1) },
    attempt: 2,
    next: 'Start restart',
  },
  { what: 'a step has ended well and its result is not there', looks: { put: done, replace: ended(0) }, next: 'Start restore' },
  { what: 'the undo is at work', looks: { put: done, restart: ended(1), restore: active }, next: 'Wait restore' },
  {
    what: 'the undo has done its work; what ended well was taken back by it',
    looks: { put: done, replace: ended(0), restart: ended(1), restore: done },
    next: 'Failed restart undone',
  },
  { what: 'the undo has failed', looks: { put: done, replace: done, restart: ended(1), restore: ended(1) }, next: 'Failed restart' },
  {
    what: 'the undo of another attempt has failed',
    looks: { put: done, replace: done, restart: ended(1, 2), restore: ended(1) },
    attempt: 2,
    next: 'Start restore',
  },
  { what: 'a newer attempt has failed while this one was away', looks: { put: ended(1, 3) }, attempt: 2, next: 'Start restore' },
]

describe('what comes next on a host', () => {
  it.each(cases)('$next when $what', ({ looks, attempt = 1, next }) => {
    const action = decideRecipe(recipe, new Map(Object.entries(looks)), attempt)
    const words = [action.kind, ...('step' in action ? [action.step.name] : []), ...('undone' in action && action.undone ? ['undone'] : [])]
    expect(words.join(' ')).toBe(next)
  })
})

const runtime = { steps: [step('switch')], undo: step('switch-back') }
const system = { steps: [step('reboot')] }
const kubernetes = { steps: [step('upgrade'), step('restart')], undo: step('take-back') }
const composed: Recipe = {
  id: '0123456789ab',
  steps: [...runtime.steps, ...system.steps, ...kubernetes.steps],
  parts: [runtime, system, kubernetes],
}
const begun: StepLook = { ...none, begun: true }

describe('changes of several things, one after the other', () => {
  it.each<Case>([
    { what: 'nothing has been done', looks: {}, next: 'Start switch' },
    { what: 'the first part has failed', looks: { switch: ended(1) }, next: 'Start switch-back' },
    { what: 'a part without an undo has failed', looks: { switch: done, reboot: ended(1) }, next: 'Failed reboot' },
    { what: 'the last part has failed: what was done before stays', looks: { switch: done, upgrade: ended(1) }, next: 'Start take-back' },
    {
      what: 'a part that is over looks otherwise by now',
      looks: { switch: { ...ended(0), begun: true }, reboot: begun, upgrade: done, restart: none },
      next: 'Start reboot',
    },
    {
      what: 'a step of the last part was begun, and its end is not known',
      looks: { switch: ended(0), reboot: none, upgrade: begun },
      next: 'Start upgrade',
    },
    {
      what: 'all of the last part is there',
      looks: { switch: ended(0), upgrade: { ...ended(0), done: true }, restart: done },
      next: 'Complete',
    },
  ])('$next when $what', ({ looks, next }) => {
    const action = decideRecipe(composed, new Map(Object.entries(looks)), 1)
    expect([action.kind, ...('step' in action ? [action.step.name] : [])].join(' ')).toBe(next)
  })
})
