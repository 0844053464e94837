import type { Observer } from '../rig/observer.ts'
import { logTail, type OwnedProcess } from '../rig/owned-process.ts'
import { plan, type Scenario } from './scenario.ts'

const label = `plan.upgrade.cattle.io/${plan}`

/** Resolves with the epoch milliseconds at which the last node got its label; throws when the contender ends before. */
export async function whenAllDone(observer: Observer, scenario: Scenario, contender: OwnedProcess): Promise<number> {
  const waves = Math.ceil(scenario.nodes / scenario.concurrency)
  const timeoutMs = (waves * (scenario.jobSeconds + 20) + 120) * 1000
  const done = () => observer.nodes.now().filter(({ labels }) => labels[label] !== undefined).length
  const died = contender.ended.then(() => {
    throw new Error(`${contender.name} ended after ${done()} of ${scenario.nodes} nodes:\n${logTail(contender.logFile)}`)
  })
  died.catch(() => undefined)
  await Promise.race([died, observer.until(`all ${scenario.nodes} nodes labelled`, () => done() === scenario.nodes, timeoutMs)])
  return observer.nodes.became(({ labels }) => labels[label] !== undefined).at(-1)?.atMs ?? Number.NaN
}

/** What a rollout did that it must not do. */
export function rolloutFaults(observer: Observer, scenario: Scenario): string[] {
  const running = observer.maxRunning(plan).count
  const twice = [...observer.jobsPerNode(plan)].filter(([, count]) => count > 1).length
  const old = observer.nodes.now().filter(({ kubeletVersion }) => !kubeletVersion.startsWith('v1.20.3')).length
  return [
    ...(running > scenario.concurrency ? [`${running} Jobs at once`] : []),
    ...(twice > 0 ? [`${twice} nodes had more than one Job`] : []),
    ...(old > 0 ? [`${old} nodes have the old version`] : []),
    ...(observer.gaps > 0 ? [`the observer's watches began anew ${observer.gaps} times`] : []),
  ]
}
