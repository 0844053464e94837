import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ObservedNode } from '../../rig/observed-facts.ts'
import { touchedUntil } from '../../rig/touched-until.ts'
import { createPlan } from './host-plan.ts'
import { installWith } from './install.ts'
import { namespace, type TargetCluster, targetCluster } from './target-cluster.ts'

let cluster: TargetCluster

beforeAll(async () => {
  cluster = await targetCluster()
  await installWith(cluster, { SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: '0', FALKIRK_VERIFY_TIMEOUT: '8s' })
})

afterAll(async () => {
  await cluster?.down()
})

describe('a Job that fails on a real node', () => {
  it('says exit code and last log lines with the Secret masked, holds its slot, and its node serves again', async () => {
    const [node] = cluster.agents
    const secret = 'swordfish-0815'
    await cluster.kubectl(['-n', namespace, 'create', 'secret', 'generic', 'mirror', `--from-literal=password=${secret}`])
    const script = 'echo asking the mirror as admin:$(cat /run/system-upgrade/secrets/mirror/password); exec /bin/upgrade.sh upgrade'
    const plan = await createPlan(cluster, {
      name: 'fails',
      nodes: [node],
      spec: {
        cordon: true,
        secrets: [{ name: 'mirror', path: 'mirror' }],
        upgrade: { image: 'rig/upgrade-fails:v1.20.2-k3s1', args: ['sh', '-c', script] },
      },
    })
    await plan.untilNode(node, 'cordoned', ({ unschedulable }) => unschedulable)
    const said = await plan.until(/^False\/JobFailed/)
    expect(said).toMatch(new RegExp(`: Job ${namespace}/apply-fails-on-\\S+ failed on Node ${node}: BackoffLimitExceeded: `))
    expect(said).toContain('container upgrade exited with code 3; last lines: ')
    // two streams: their lines may come in another order
    const lines = ['asking the mirror as admin:***', 'looking for the new version', 'the disk of this node is full: ']
    for (const line of lines) expect(said).toContain(line)
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    expect(plan.applying()).toEqual([node])
    expect(await plan.event('JobFailed')).toEqual({ type: 'Warning', reason: 'JobFailed', message: said.replace('False/JobFailed: ', '') })
    const log = await cluster.kubectl(['-n', namespace, 'logs', 'deployment/system-upgrade-controller'])
    expect(`${JSON.stringify(await plan.events())}${said}${log}`).not.toContain(secret)
    await plan.delete()
    await plan.untilFree(node)
  })

  it('is tried again after a pause where falkirk.dev/retry asks for it, and the Plan goes on to its end', async () => {
    const [, node] = cluster.agents
    const script = 'f=/host/tmp/falkirk-e2e-retry; if [ -e $f ]; then rm $f; else touch $f; echo the mirror is away; exit 5; fi'
    const plan = await createPlan(cluster, {
      name: 'retries',
      nodes: [node],
      annotations: { 'falkirk.dev/retry': 'count=2,backoff=2s' },
      spec: { cordon: true, upgrade: { image: 'busybox:1', command: ['sh', '-c', script] } },
    })
    await plan.untilComplete()
    const retrying = plan.said().find((text) => text.startsWith('False/Retrying'))
    expect(retrying).toMatch(/container upgrade exited with code 5; last lines: the mirror is away; try 2 of 3 at 20/)
    expect(cluster.observer.jobsPerNode('retries')).toEqual(new Map([[node, 2]]))
    await plan.untilFree(node)
  })

  it('is named while its image cannot be pulled, and when its deadline has passed', async () => {
    const [node] = cluster.agents
    const plan = await createPlan(cluster, {
      name: 'no-image',
      nodes: [node],
      spec: { cordon: true, jobActiveDeadlineSecs: 20, upgrade: { image: 'rig/upgrade-nothing:no-such-tag' } },
    })
    const waits = await plan.until(/image cannot be pulled/)
    expect(waits).toMatch(new RegExp(`^False/SyncJob: Job ${namespace}/apply-no-image-\\S+ waits: container upgrade on Node ${node}: `))
    expect(waits).toContain('rig/upgrade-nothing:no-such-tag')
    const failed = await plan.until(/^False\/JobFailed/)
    expect(failed).toMatch(/DeadlineExceeded: Job was active longer than specified deadline; before that .*its image cannot be pulled/)
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    await plan.delete()
  })

  it('is ended by its deadline, whatever it does, and its node serves again', async () => {
    const [, node] = cluster.agents
    const plan = await createPlan(cluster, {
      name: 'hangs',
      nodes: [node],
      spec: {
        cordon: true,
        jobActiveDeadlineSecs: 12,
        upgrade: { image: 'busybox:1', command: ['sh', '-c', 'trap "exit 143" TERM; sleep 3600 & wait'] },
      },
    })
    await plan.untilNode(node, 'cordoned', ({ unschedulable }) => unschedulable)
    const touch = async () => {
      for (const { name } of plan.jobs()) {
        const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
        await cluster.api.patch(path, { metadata: { annotations: { 'example.org/looked-at': new Date().toISOString() } } })
      }
    }
    expect(await touchedUntil(touch, plan.until(/^False\/JobFailed/))).toContain(
      'DeadlineExceeded: Job was active longer than specified deadline',
    )
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    expect(plan.applying()).toEqual([node])
    await plan.delete()
  })
})

describe('an image that ends with exit code 0 and changes nothing', () => {
  it('leaves the Plan with NotReached, what the node reports and what was wanted', async () => {
    const [node] = cluster.agents
    const reported = cluster.observer.nodes.get(node)?.kubeletVersion ?? ''
    const wanted = reported.replace(/^v(\d+)\.(\d+)\.(\d+).*/, (_, major, minor, patch) => `v${major}.${minor}.${Number(patch) + 1}+k3s1`)
    const plan = await createPlan(cluster, {
      name: 'nothing',
      nodes: [node],
      spec: { version: wanted, cordon: true, upgrade: { image: 'rig/upgrade-nothing:v1.20.2-k3s1' } },
    })
    const said = await plan.until(/^False\/NotReached/)
    expect(said).toContain(`succeeded, but Node ${node} reports ${reported} instead of ${wanted.replace('+', '-')};`)
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    expect(cluster.observer.nodes.get(node)?.labels).not.toHaveProperty(['plan.upgrade.cattle.io/nothing'])
    expect(cluster.observer.jobsPerNode('nothing')).toEqual(new Map([[node, 1]]))
    await plan.delete()
  })
})

describe('what somebody else did to a node', () => {
  const taint = { key: 'team.example.com', value: 'storage', effect: 'NoSchedule' }

  it.each([
    { name: 'cordons', spec: { cordon: true }, annotations: {} },
    { name: 'drains-by-kubectl', spec: { drain: { force: true } }, annotations: {} },
    { name: 'drains-itself', spec: { drain: { force: true } }, annotations: { 'falkirk.dev/drain': 'controller' } },
  ])('a cordon and a taint stay where a Plan $name', async ({ name, spec, annotations }) => {
    const [, node] = cluster.agents
    await cluster.kubectl(['cordon', node])
    await cluster.kubectl(['taint', 'node', node, `${taint.key}=${taint.value}:${taint.effect}`, '--overwrite'])
    try {
      const isKept = (facts?: ObservedNode) => facts?.unschedulable === true && facts.taints.includes('team.example.com=storage:NoSchedule')
      await cluster.observer.until(`${node} cordoned and tainted`, () => isKept(cluster.observer.nodes.get(node)))
      const before = cluster.observer.nodes.history(node).length
      const plan = await createPlan(cluster, {
        name,
        annotations,
        nodes: [node],
        spec: { ...spec, tolerations: [{ ...taint, operator: 'Equal' }] },
      })
      await plan.untilComplete()
      await plan.untilNode(node, 'without a journal', ({ journal }) => journal === '')
      const since = cluster.observer.nodes.history(node).slice(before)
      expect(since.length).toBeGreaterThan(0)
      expect(since.filter(({ facts }) => !isKept(facts))).toEqual([])
    } finally {
      await cluster.kubectl(['uncordon', node])
      await cluster.kubectl(['taint', 'node', node, `${taint.key}:${taint.effect}-`])
    }
  })
})
