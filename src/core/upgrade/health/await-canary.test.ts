import { describe, expect, it } from 'vitest'
import { RunWorld, server, several, worker } from '../run-world.test-support.ts'
import type { CanaryFacts, CanaryOrder } from './canary.ts'

const blind: Partial<CanaryFacts> = { unanswered: ['Service', 'PodDisruptionBudget'] }

/** Two servers, a worker, and what becomes of the canaries that are asked for. */
function aWorld(canaryWay: (order: CanaryOrder) => Partial<CanaryFacts>, spec = {}): RunWorld & { readonly asked: string[] } {
  const world = new RunWorld([...several(2, server), worker(0)])
  world.edit(spec)
  const asked: string[] = []
  world.canaryWay = (order) => {
    asked.push(order.name)
    return canaryWay(order)
  }
  return Object.assign(world, { asked })
}

const recalled = (world: RunWorld) => world.done.flatMap((action) => (action.kind === 'RecallCanary' ? [action.node] : []))

describe('after each member of the control plane', () => {
  it('something goes through the controllers and is taken back; workers need none', () => {
    const world = aWorld(() => ({}))
    world.untilPhase('Complete')
    expect(new Set(world.asked).size).toBe(2)
    expect(recalled(world)).toEqual(['server-0', 'server-1'])
  })

  it('the next one waits until it has come through', () => {
    let isBlind = true
    const world = aWorld(() => (isBlind ? blind : {}))
    world.until(({ status }) => status.message?.includes('waits for the controllers') === true)
    world.until((one) => one.nowMs > Date.parse(one.entry('server-0')?.since ?? '') + 50_000)
    expect(world.status.message).toBe(
      'server-0 is back; waits for the controllers: a Service has no Endpoints, a PodDisruptionBudget has no status',
    )
    expect(world.marked()).toEqual(['server-0'])
    isBlind = false
    world.untilPhase('Complete')
  })

  it('one that does not come through stops the run in the time of a soak, says what to do, and leaves nothing behind', () => {
    const world = aWorld(() => ({ ...blind, leader: 'server-1_8a7b' }))
    const { message, stop } = world.untilPhase('Stopped')
    expect(stop?.reason).toBe('ControllersBlind')
    expect(message).toMatch(
      /^server-0 is upgraded to v1\.31\.5\+k3s1, and for 10 minutes the controllers have seen nothing of what was made since: a Service has no Endpoints, a PodDisruptionBudget has no status; .*start kube-controller-manager anew on server-1, which leads: systemctl restart k3s; then falkirk continue/,
    )
    expect(recalled(world)).toEqual(['server-0'])
    world.canaryWay = () => ({})
    world.edit({ continueFrom: stop?.number })
    world.untilPhase('Complete')
    expect(world.changeJobs()).toEqual(['server-0', 'server-1', 'worker-0'])
  })

  it('who leads is looked at when it is late, and not before', () => {
    const lateOnes: boolean[] = []
    const world = aWorld(({ isLate }) => {
      lateOnes.push(isLate)
      return isLate ? {} : blind
    })
    world.untilPhase('Complete')
    expect(lateOnes.filter((isLate) => isLate)).toHaveLength(2)
    expect(lateOnes[0]).toBe(false)
  })

  it('it is left out where it may not be sent, and a warning says why', () => {
    const world = aWorld(() => ({ leftOut: 'cannot create resource "services"' }))
    const events: string[] = []
    world.onDecision = (decision) => events.push(...decision.events.map(({ type, message }) => `${type}: ${message}`))
    world.untilPhase('Complete')
    expect(events).toEqual(
      ['server-0', 'server-1'].map(
        (name) =>
          `Warning: whether the controllers are alive after the upgrade of ${name} was not looked at: cannot create resource "services"`,
      ),
    )
  })

  it('a controller that comes after a kill sends it again, and waits anew', () => {
    let isBlind = true
    const world = aWorld(() => (isBlind ? blind : {}))
    world.until((one) => one.facts.canary !== undefined)
    const { canary: _, ...facts } = world.facts
    world.facts = facts
    isBlind = false
    world.untilPhase('Complete')
    expect(new Set(world.asked).size).toBe(2)
  })
})
