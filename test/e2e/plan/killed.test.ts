import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/twin/time/seeded-random.ts'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import { type BareStage, setBareStage } from './bare-stage.ts'
import { type EndState, endState } from './end-state.ts'
import { after, createPlan, prepareRollout, type Rollout, startRollout } from './rollout.ts'

let stage: BareStage
let falkirk: FalkirkProcess

const seed = Number(process.env.FALKIRK_SEED ?? randomInt(2 ** 31))

beforeAll(async () => {
  process.stdout.write(`moments of the kills: FALKIRK_SEED=${seed}\n`)
  stage = await setBareStage({ name: 'plan-killed' })
  falkirk = await stage.startController({ leaderElect: true })
  await falkirk.ready()
})

afterAll(async () => {
  await stage?.down()
})

/** The same rollout for each test, on nodes of its own. */
function rollOut(name: string, nodes: number): Promise<Rollout> {
  stage.script.upgrade(name, () => ({ seconds: 0.5, restartSeconds: 0.2, notReady: true }))
  return startRollout(stage, { name, nodes, spec: { version: after, concurrency: 3, cordon: true } })
}

/** Kills the controller over and over at any moment, and starts it again; each time in the midst of the rollout. */
async function killController(rollout: Rollout, { times, random }: { times: number; random: () => number }): Promise<void> {
  for (let kill = 1; kill <= times; kill++) {
    await transitions(1 + Math.floor(random() * 12))
    await sleep(random() * 100)
    expect(rollout.condition(), `kill ${kill} comes after the end`).not.toMatch(/^True/)
    await falkirk.kill()
    falkirk = await stage.startController({ leaderElect: true })
  }
}

/** Pods that a drain has to move, on the rollout's nodes alone. */
async function placePods(name: string, replicas: number): Promise<void> {
  const labels = { app: name }
  const spec = { nodeSelector: { rollout: name }, containers: [{ name: 'web', image: 'simulated' }] }
  const set = { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } }
  await stage.plane.api.post('/apis/apps/v1/namespaces/default/replicasets', set)
  await stage.plane.kubectl(['wait', '--for=condition=Ready', 'pod', '-l', `app=${name}`, '--timeout=60s'])
}

/** Resolves after so many more transitions of nodes, Jobs and Plans, as seen from outside. */
async function transitions(count: number): Promise<void> {
  const seen = () => stage.observer.nodes.history().length + stage.observer.jobs.history().length + stage.observer.plans.history().length
  const wanted = seen() + count
  await stage.observer.until(`${count} more transitions`, () => seen() >= wanted)
}

let undisturbed: EndState

describe('a rollout, three nodes at a time', () => {
  it('is not disturbed: this is what the others are held to', async () => {
    const rollout = await rollOut('calm', 9)
    await rollout.untilComplete()
    undisturbed = await endState(stage, rollout)
    expect(undisturbed).toEqual({
      nodes: [
        {
          unschedulable: false,
          ready: true,
          kubeletVersion: after,
          taints: [],
          journal: '',
          done: true,
          runs: 1,
          jobs: ['v1.20.3-k3s1 Complete'],
        },
      ],
      conditions: { Complete: 'True/Complete', Validated: 'True/PlanIsValid', LatestResolved: 'True/Version' },
      applying: [],
      latestVersion: 'v1.20.3-k3s1',
    })
    expect(stage.observer.maxRunning('calm').count).toBe(3)
  })

  it('ends the same when the controller is killed twenty times at any moment', async () => {
    const random = seededRandom(seed)
    const rollout = await rollOut('killed', 30)
    await killController(rollout, { times: 20, random })
    await rollout.untilComplete()
    expect(await endState(stage, rollout)).toEqual(undisturbed)
    expect(stage.observer.maxRunning('killed').count).toBeLessThanOrEqual(3)
    expect(stage.observer.maxCordoned().count).toBeLessThanOrEqual(3)
  })

  it('with prepare, a drain by the controller and a try that fails: no step is left out or done twice', async () => {
    const random = seededRandom(seed + 2)
    const name = 'steps'
    stage.script.upgrade(name, ({ node, before: tries }) => ({ seconds: 0.3, exitCode: node.endsWith('0') && tries === 0 ? 1 : 0 }))
    const rollout = await prepareRollout(stage, { name, nodes: 12 })
    await placePods(name, 12)
    const annotations = { 'falkirk.dev/drain': 'controller', 'falkirk.dev/retry': 'count=1,backoff=1s' }
    const prepare = { image: 'rancher/k3s-upgrade', args: ['ready'] }
    await createPlan(stage, { name, annotations, spec: { version: after, concurrency: 3, drain: {}, prepare } })
    await killController(rollout, { times: 12, random })
    await rollout.untilComplete()
    const state = await endState(stage, rollout)
    expect(state.nodes.map((node) => ({ ...node, jobs: [] })).sort((a, b) => a.runs - b.runs)).toEqual([
      { ...undisturbed.nodes[0], jobs: [] },
      { ...undisturbed.nodes[0], jobs: [], runs: 2 },
    ])
    expect(
      rollout
        .runs()
        .filter(({ exitCode }) => exitCode !== 0)
        .map(({ node }) => node)
        .sort(),
    ).toEqual(['steps-0', 'steps-10'])
    expect(state.conditions).toEqual(undisturbed.conditions)
    expect(stage.observer.maxRunning(name).count).toBeLessThanOrEqual(3)
  })

  it('ends the same when the API server is killed twice, and the controller lives through it', async () => {
    const random = seededRandom(seed + 1)
    const rollout = await rollOut('serverless', 15)
    const { pid } = falkirk.process
    for (const [kill, awayMs] of [1500, 4000].entries()) {
      await transitions(20 + Math.floor(random() * 30))
      expect(rollout.condition(), `kill ${kill + 1} comes after the end`).not.toMatch(/^True/)
      await stage.plane.killApiServer()
      await sleep(awayMs)
      await stage.plane.startApiServer()
    }
    await rollout.untilComplete(180_000)
    expect(await endState(stage, rollout)).toEqual(undisturbed)
    expect([falkirk.process.pid, falkirk.process.running]).toEqual([pid, true])
  })
})
