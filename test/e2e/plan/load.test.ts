import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import { numberedNodes } from '../../rig/simulated-kubelets/node-object.ts'
import { type BareStage, setBareStage } from './bare-stage.ts'
import { after, before, createPlan, Rollout } from './rollout.ts'

const name = 'load'
const count = 300
const concurrency = 20
const churn = 50
const changing = new Set(['create', 'update', 'patch', 'delete'])
/** More than twice what it takes: a leak, a cache of whole Nodes or a hot loop is found, the machine's mood is not. */
const mostMib = 256
const mostRequestsANode = 12

let stage: BareStage
let falkirk: FalkirkProcess
let rollout: Rollout
let beganMs: number

beforeAll(async () => {
  // as large as Nodes are in a cluster that has lived for a while: about 10 KB
  const nodes = numberedNodes(count, name, { version: before, labels: { rollout: name }, images: 50 })
  stage = await setBareStage({ name: 'plan-load', nodes, heartbeatsPerSecond: churn, auditedUsers: ['sut', 'simulated-kubelets'] })
  rollout = new Rollout(
    stage,
    name,
    nodes.map((node) => node.name),
  )
  falkirk = await stage.startController()
  await falkirk.ready()
  beganMs = Date.now()
  await createPlan(stage, { name, spec: { version: after, concurrency, cordon: true } })
})

afterAll(async () => {
  await stage?.down()
})

describe(`${count} nodes, ${concurrency} at a time, while their status is written ${churn} times a second`, () => {
  it('are all upgraded, each once, and left as they were', async () => {
    await rollout.untilComplete(300_000)
    // Plans and nodes are watched apart: the Plan's end may be seen before the last nodes' labels
    for (const node of rollout.nodes) await rollout.untilNode('marked as done', () => rollout.done(node) === rollout.hash(), node)
    expect(rollout.nodes.filter((node) => rollout.node(node)?.kubeletVersion !== after)).toEqual([])
    expect(rollout.leftOvers()).toEqual([])
    expect(rollout.runs()).toHaveLength(count)
    expect(new Set(rollout.runs().map(({ node }) => node)).size).toBe(count)
    expect([...new Set(stage.observer.jobsPerNode(name).values())]).toEqual([1])
    const seconds = (Date.now() - beganMs) / 1000
    const written = stage.plane.requests('simulated-kubelets').filter((r) => r.resource === 'nodes/status' && r.atMs >= beganMs).length
    process.stdout.write(`upgraded in ${seconds.toFixed(1)} s, ${(written / seconds).toFixed(0)} updates of node status a second\n`)
    // or else it was no test of that
    expect(written / seconds).toBeGreaterThan(churn / 2)
  })

  it('are never more at work than the Plan allows, and not far fewer', () => {
    const { observer } = stage
    expect(observer.maxRunning(name).count).toBeLessThanOrEqual(concurrency)
    expect(observer.maxCordoned().count).toBeLessThanOrEqual(concurrency)
    const applying = observer.plans.history().map(({ facts }) => facts?.applying.length ?? 0)
    expect(Math.max(...applying)).toBe(concurrency)
  })

  it('cost bounded memory and few requests, however often their status changes', () => {
    const { rssMib = 0, peakRssMib = 0, cpuSeconds = 0 } = falkirk.usage() ?? {}
    const requests = stage.plane.requestsOf('sut')
    const writes = Object.entries(requests).filter(([key]) => changing.has(key.split(' ')[0] ?? ''))
    const total = (list: [string, number][]) => list.reduce((sum, [, n]) => sum + n, 0)
    const aNode = (n: number) => (n / count).toFixed(2)
    process.stdout.write(
      `${count} nodes: RSS ${rssMib.toFixed(0)} MiB (peak ${peakRssMib.toFixed(0)}), CPU ${cpuSeconds.toFixed(1)} s, ` +
        `requests a node ${aNode(total(Object.entries(requests)))} (writes ${aNode(total(writes))}): ${JSON.stringify(requests)}\n`,
    )
    expect(peakRssMib).toBeLessThan(mostMib)
    expect(total(Object.entries(requests)) / count).toBeLessThan(mostRequestsANode)
    // nothing is asked about single nodes, Jobs or pods: all that is known comes by one watch a kind
    expect(Object.keys(requests).filter((key) => /^get (nodes|jobs|pods|plans)/.test(key))).toEqual([])
    expect(requests['list nodes'] ?? 0).toBeLessThanOrEqual(2)
  })
})
