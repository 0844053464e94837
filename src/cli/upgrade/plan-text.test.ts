import { describe, expect, it } from 'vitest'
import { budgetFacts } from '../../core/drain/disruption-budget.ts'
import { noonMs } from '../../core/plan/plan-facts.test-support.ts'
import { planUpgrade } from '../../core/upgrade/foresee/plan-upgrade.ts'
import { anAttachment, anUpgrade, aPod, server, several, someUpgradeFacts, to, worker } from '../../core/upgrade/run-world.test-support.ts'
import { planText } from './plan-text.ts'

const nodes = [...several(3, (index) => server(index)), ...several(4, (index) => worker(index))]
const upgrade = anUpgrade({ pools: [{ name: 'workers', nodeSelector: {}, batches: { first: 1, factor: 2, max: 2 } }] })

/** Workers hold pods of one workload each, worker-0 most of them. */
const pods = new Map(
  several(4, (index) => worker(index).name).map((name, index) => [
    name,
    several(4 - index, (at) =>
      aPod(`${name}-${at}`, name, { controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name, controller: true } }),
    ),
  ]),
)
const facts = someUpgradeFacts(nodes, { upgrade, podsByNode: { get: (name) => pods.get(name) ?? [] } })

describe('falkirk plan', () => {
  it('has every node once, control plane first and one by one, then batches that grow, the least loaded first', () => {
    const { nodes: planned, end } = planUpgrade({ facts }, noonMs)
    expect(planned.map(({ node, batch, why, drain }) => [node, batch?.number, why, drain.pods])).toEqual([
      ['server-0', undefined, 'control plane, one at a time', 0],
      ['server-1', undefined, 'control plane, one at a time', 0],
      ['server-2', undefined, 'control plane, one at a time', 0],
      ['worker-3', 1, 'pool workers, batch 1', 1],
      // those of a batch begin together
      ['worker-1', 2, 'pool workers, batch 2 of 2 nodes', 3],
      ['worker-2', 2, 'pool workers, batch 2 of 2 nodes', 2],
      ['worker-0', 3, 'pool workers, batch 3', 4],
    ])
    expect(end).toMatchObject({ phase: 'Complete', message: `the cluster runs ${to}` })
  })

  it('leaves out nodes that are there', () => {
    const there = nodes.map((node) => (node.name === 'worker-0' ? node : { ...node, kubeletVersion: to }))
    expect(planUpgrade({ facts: { ...facts, nodes: there, apiServer: to } }, noonMs).nodes.map(({ node }) => node)).toEqual(['worker-0'])
  })

  it('goes as far as stopAfter', () => {
    const stopping = anUpgrade({ stopAfter: 'ControlPlane' })
    const planned = planUpgrade({ facts: { ...facts, upgrade: stopping } }, noonMs)
    expect(planned.nodes.map(({ node }) => node)).toEqual(['server-0', 'server-1', 'server-2'])
    expect(planned.end).toMatchObject({ phase: 'Paused', message: expect.stringContaining('stopped after the control plane') })
  })

  it('says why nothing would be done', () => {
    const refused = planUpgrade({ facts: { ...facts, upgrade: anUpgrade({ version: 'v1.29.0+k3s1' }) } }, noonMs)
    expect(refused).toMatchObject({ nodes: [], end: { phase: 'Refused', message: expect.stringContaining('lower') } })
    const sick = nodes.map((node) => (node.name === 'server-2' ? { ...node, ready: false } : node))
    const waiting = planUpgrade({ facts: { ...facts, nodes: sick } }, noonMs)
    expect(waiting.nodes).toEqual([])
    expect(waiting.end.message).toContain('server-2 is not Ready')
  })

  it('names drains that would be refused or held back, as pods lie now', () => {
    const bare = aPod('bare', 'worker-0', {})
    const { controller: _, ...without } = bare
    const budget = budgetFacts({
      apiVersion: 'policy/v1',
      metadata: { name: 'web', namespace: 'default', uid: 'b', generation: 1 },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      status: { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
    })
    const held = new Map([
      ['worker-0', [without]],
      ['worker-1', [aPod('web-1', 'worker-1')]],
    ])
    const troubled = { ...facts, podsByNode: { get: (name: string) => held.get(name) ?? [] } }
    const text = planText(planUpgrade({ facts: troubled, budgets: [budget] }, noonMs))
    expect(text).toMatch(/^ {2}worker-0: cannot be drained: default\/bare /m)
    expect(text).toMatch(/^End, when all of them do: Complete: /m)
    expect(text).toMatch(/^ {2}worker-1: default\/web-1 .*web/m)
  })

  it('counts the volumes that have to be detached, and names what hangs already', () => {
    const agent = aPod('agent', 'worker-0', { mirror: true, claims: ['agent'] })
    const attachments = new Map([
      ['worker-0', [anAttachment('worker-0'), anAttachment('worker-0', { name: 'csi-agent', volume: 'agent' })]],
      ['worker-1', [anAttachment('worker-1', { detachingSinceMs: noonMs - 10_000 })]],
      ['worker-2', [anAttachment('worker-2', { detachingSinceMs: noonMs - 600_000 })]],
    ])
    const volumes = {
      attachments: { get: (node: string) => attachments.get(node) ?? [] },
      claims: new Map([['agent', { kind: 'Claim', claim: 'default/agent' } as const]]),
    }
    const withAgent = { get: (name: string) => [...(pods.get(name) ?? []), ...(name === 'worker-0' ? [agent] : [])] }
    const planned = planUpgrade({ facts: { ...facts, podsByNode: withAgent, volumes } }, noonMs)
    const counted = planned.nodes.map(({ node, drain }) => [node, drain.volumes, drain.trouble !== undefined])
    expect(Object.fromEntries(counted.map(([node, ...told]) => [node, told]))).toMatchObject({
      'server-0': [undefined, false],
      'worker-0': [1, false],
      'worker-1': [1, false],
      'worker-2': [1, true],
    })
    const text = planText(planned)
    expect(text).toMatch(/worker-0 .* 4, 1 volume {2,}pool workers/)
    expect(text).toMatch(
      /^ {2}worker-2: volume disk-of-worker-2 \(driver disk\.example\.org\) is still attached: it has been detaching since 2026-11-21T11:50:00Z;/m,
    )
    // alone, nobody waits for them
    const everywhere = { ...volumes, attachments: { get: (node: string) => [anAttachment(node)] } }
    const alone = planUpgrade({ facts: { ...facts, nodes: nodes.slice(0, 1), upgrade: anUpgrade(), volumes: everywhere } }, noonMs)
    expect(alone.nodes.map(({ node, drain }) => [node, drain.volumes])).toEqual([['server-0', undefined]])
  })

  it('counts nodes, not their turns, over several hops, and tells no times: nothing has begun', () => {
    const planned = planUpgrade({ facts: { ...facts, upgrade: anUpgrade({ version: 'v1.32.11+k3s1' }) } }, noonMs)
    expect(planText(planned)).toContain(': 7 nodes to bring there, in 10 turns; nothing is changed now')
    expect(planned.nodes.map(({ hop }) => Object.keys(hop).sort().join(' '))).toEqual(several(10, () => 'number of version'))
  })

  it('is a table for people', async () => {
    await expect(`${planText(planUpgrade({ facts }, noonMs))}\n`).toMatchFileSnapshot('testdata/plan.table.txt')
  })

  it.each([30, 60, 80, 200])('fits %d columns', (columns) => {
    const text = planText(planUpgrade({ facts }, noonMs), columns)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 49))
    for (const { name } of nodes) expect(text).toContain(name)
  })
})
