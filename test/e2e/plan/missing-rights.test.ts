import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BareStage, setBareStage } from './bare-stage.ts'
import { type Outcome, RightTest, type Told } from './missing-right.ts'
import { isOnTwin } from './plane.ts'
import { controllerRights, drainRights, type Effect } from './right-effects.ts'
import { baseRights, nameOf, type Right } from './rights.ts'

interface Case {
  readonly name: string
  readonly right: Right
  readonly drains: boolean
  readonly effect: Effect
}

const cases: readonly Case[] = [
  ...baseRights('Controller').map((right) => ({ right, drains: false, effect: controllerRights[nameOf(right)] })),
  ...baseRights('Drain').map((right) => ({ right, drains: true, effect: drainRights[nameOf(right)] })),
].flatMap(({ effect, ...one }) => {
  const name = `no-${nameOf(one.right)
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/-$/, '')}${one.drains ? '-drain' : ''}`
  return effect === undefined ? [] : [{ ...one, effect, name }]
})

/** A controller that is refused asks again with growing pauses: many times less than a hot loop would. */
const mostRefusalsInFiveSeconds = 15

/** Most of the time each of them waits for its next try. A twin answers all of them, and their kubelets, in one thread. */
const atOnce = isOnTwin ? 10 : cases.length

let stage: BareStage
const outcomes = new Map<string, Promise<Outcome>>()

beforeAll(async () => {
  const users = cases.map(({ name }) => name)
  stage = await setBareStage({ name: 'plan-missing-rights', users: users.map((name) => ({ name })), auditedUsers: users })
  await stage.plane.kubectl(['apply', '-f', 'deploy/base/crd.yaml'])
  await stage.plane.kubectl.established('plans.upgrade.cattle.io')
  const free = Array.from({ length: atOnce }, () => Promise.resolve())
  for (const [i, one] of cases.entries()) {
    const slot = i % atOnce
    const outcome = (free[slot] ?? Promise.resolve()).then(() => new RightTest(stage, one).run((told) => toldSomewhere(told, one.right)))
    free[slot] = outcome.then(
      () => undefined,
      () => undefined,
    )
    outcomes.set(one.name, outcome)
  }
})

afterAll(async () => {
  await Promise.allSettled(outcomes.values())
  await stage?.down()
})

/** Who may not do what, and the rule that would allow it. */
function sentence({ verb, resource }: Right): RegExp {
  return new RegExp(`user \\\\?"no-[a-z-]+\\\\?" may not ${verb} ${resource}[ :].*add the rule .*${verb}.* to a (Cluster)?Role`)
}

function toldSomewhere({ log, ready, condition, events }: Told, right: Right): boolean {
  return [log, ready, condition, ...events].some((text) => sentence(right).test(text))
}

async function outcomeOf({ name }: Case): Promise<Outcome> {
  const outcome = await outcomes.get(name)
  if (outcome === undefined) throw new Error(`${name} did not run`)
  return outcome
}

describe('a controller without one of the rights of deploy/base', () => {
  it('is looked at for each of them', () => {
    expect(baseRights('Controller').map(nameOf)).toEqual(Object.keys(controllerRights))
    expect(baseRights('Drain').map(nameOf)).toEqual(Object.keys(drainRights))
  })

  describe.each(cases)('$right.verb $right.resource ($right.scope, drains: $drains)', (one) => {
    const expectations: Readonly<Record<Effect, (outcome: Outcome) => void>> = {
      NotReady: ({ told, whileMissing }) => {
        expect(told.ready).toMatch(sentence(one.right))
        expect(told.log).toMatch(sentence(one.right))
        expect(whileMissing).toEqual({ runs: 0, cordoned: 0, journals: 0, done: 0 })
      },
      Idle: ({ told, whileMissing }) => {
        expect(told.log).toMatch(sentence(one.right))
        expect(whileMissing).toEqual({ runs: 0, cordoned: 0, journals: 0, done: 0 })
      },
      Blocked: ({ told, whileMissing }) => {
        expect(told.condition).toMatch(sentence(one.right))
        expect(told.condition).toMatch(/^False\/(Refused|Draining)/)
        // the other node has no pod that would have to be evicted
        expect(whileMissing.runs).toBeLessThanOrEqual(nameOf(one.right) === 'create pods/eviction' ? 1 : 0)
        expect(whileMissing.done).toBeLessThanOrEqual(whileMissing.runs)
      },
      Held: ({ told, whileMissing }) => {
        expect(told.condition).toMatch(sentence(one.right))
        expect(whileMissing.runs).toBeLessThanOrEqual(2)
      },
      Degraded: ({ told }) => {
        expect(toldSomewhere(told, one.right)).toBe(true)
      },
      Unused: ({ told }) => {
        expect(toldSomewhere(told, one.right)).toBe(false)
      },
    }

    it(`is ${one.effect}`, async () => {
      expectations[one.effect](await outcomeOf(one))
    })

    it('asks seldom, does not end, and goes on when the right is granted', async () => {
      const { refusals, exitCodes, complete, inTheEnd } = await outcomeOf(one)
      expect(refusals).toBeLessThanOrEqual(mostRefusalsInFiveSeconds)
      // who may create a Lease but not renew it leads for one term; a kubelet starts it again, and then it waits
      expect(exitCodes).toEqual(nameOf(one.right) === 'update leases' ? [1, 0] : [0])
      expect(complete).toBe('True/Complete')
      expect(inTheEnd).toEqual({ runs: 3, cordoned: 0, journals: 0, done: 2 })
    })
  })
})
