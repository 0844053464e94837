import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPlan, type HostPlan } from './host-plan.ts'
import { installWith } from './install.ts'
import { namespace, type TargetCluster, targetCluster } from './target-cluster.ts'
import { budget, daemonSet, deployment, type ObservedPod, pod, Workload } from './workload.ts'

let cluster: TargetCluster
let workload: Workload
let nodes: readonly [string, string]

beforeAll(async () => {
  cluster = await targetCluster()
  const [first, second] = cluster.agents
  nodes = [first, second]
  await installWith(cluster, { SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: '0' })
  workload = await Workload.start(cluster, 'falkirk-e2e')
})

afterAll(async () => {
  await workload?.down()
  await cluster?.down()
})

afterEach(async () => {
  for (const { name } of workload.named('held')) await workload.letGo(name)
  await workload.clear()
})

interface JobObject {
  readonly spec: { readonly template: { readonly spec: { readonly initContainers: { name: string; image: string; args: string[] }[] } } }
}

/** A Plan that drains from the controller. */
function drains(name: string, drain: object, more: { node?: string; spec?: object } = {}): Promise<HostPlan> {
  const { node = nodes[0], spec = {} } = more
  return createPlan(cluster, { name, nodes: [node], annotations: { 'falkirk.dev/drain': 'controller' }, spec: { drain, ...spec } })
}

/** Puts a pod of a DaemonSet, which stays, and a bare pod on the node, and a budget over the pods of `late`; the pod that stays. */
async function besides(node: string): Promise<ObservedPod | undefined> {
  await workload.apply(daemonSet({ name: 'every', nodes }), pod({ name: 'bare', nodes: [node] }), budget(cluster.policyVersion, 'late', 1))
  const [every] = await workload.untilReady('every', 1, node)
  await workload.untilReady('bare', 1)
  return every
}

describe('a drain by the controller', () => {
  it('prepares first, then moves everything but the DaemonSet, and waits until a replacement is Ready', async () => {
    const [node, other] = nodes
    await workload.applyOn(other, {
      late: deployment({ name: 'late', nodes, replicas: 2, readyAfterSeconds: 4 }),
      scratch: deployment({ name: 'scratch', nodes, emptyDir: true }),
    })
    const every = await besides(node)
    const olds = workload.named('late').map(({ uid }) => uid)

    const prepare = { image: 'busybox:1', command: ['sleep', '4'] }
    const plan = await drains('moves', { force: true }, { spec: { prepare } })
    await plan.until(
      /: \d of 4 pods left; falkirk-e2e\/late-\S+ waits for PodDisruptionBudget falkirk-e2e\/late \(needs 1 healthy, has 1\)$/,
    )
    const status = JSON.parse(await plan.annotation('falkirk.dev/drain-status'))
    expect(status).toMatchObject({
      [node]: {
        total: 4,
        waiting: expect.arrayContaining([
          expect.objectContaining({
            pod: expect.stringMatching(/^falkirk-e2e\/late-/),
            state: expect.stringContaining('waits for PodDisruptionBudget falkirk-e2e/late'),
          }),
        ]),
      },
    })
    await plan.untilComplete()
    await plan.untilFree(node)

    await workload.untilReady('late', 2, other)
    await workload.caughtUp()
    const [firstNew] = workload
      .named('late')
      .map(({ uid }) => workload.since(uid, ({ ready }) => ready))
      .sort((a, b) => a - b)
    const [, secondOld] = olds.map((uid) => workload.since(uid, ({ ending }) => ending)).sort((a, b) => a - b)
    expect(secondOld).toBeGreaterThanOrEqual(firstNew ?? Number.NaN)
    expect(workload.named('every').filter((one) => one.node === node)).toEqual([every])
    expect(workload.named('bare')).toEqual([])
    expect(await plan.annotation('falkirk.dev/drain-status')).toBe('')

    const jobs = await jobsOf('moves')
    expect(jobs.map(({ containers }) => containers)).toEqual([['prepare'], ['upgrade']])
    const prepared = jobs[0]?.completedAtMs ?? 0
    const cordoned = cluster.observer.nodes
      .history(node)
      .findLast(({ facts }) => facts?.unschedulable === true && facts.journal.includes('"Drain"'))
    expect(cordoned?.atMs).toBeGreaterThanOrEqual(prepared)
  })

  it('touches no pod when one may not go, and names each with the field that would let it', async () => {
    const [node, other] = nodes
    await workload.applyOn(other, { scratch: deployment({ name: 'scratch', nodes, emptyDir: true }) })
    await workload.apply(daemonSet({ name: 'every', nodes: [node] }), pod({ name: 'bare', nodes: [node] }))
    await workload.untilReady('', 3, node)
    const plan = await drains('stops', { ignoreDaemonSets: false, deleteEmptydirData: false })
    const said = await plan.until(/^False\/DrainFailed/)
    expect(said).toContain(
      `${node} cannot be drained: falkirk-e2e/bare has no controller that would create it again; set spec.drain.force to delete it`,
    )
    expect(said).toMatch(/falkirk-e2e\/every-\w+ belongs to DaemonSet every; set spec\.drain\.ignoreDaemonSets/)
    expect(said).toMatch(/falkirk-e2e\/scratch-\S+ would lose the data of its emptyDir volumes; set spec\.drain\.deleteEmptydirData/)
    expect((await plan.event('DrainFailed')).message).toBe(said.replace('False/DrainFailed: ', ''))
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    await workload.caughtUp()
    expect(workload.pods.now().filter(({ ending }) => ending)).toEqual([])
    expect(workload.pods.now()).toHaveLength(3)
    await plan.delete()
  })

  it('gives up at its timeout by the name of budget and pod, having deleted nothing past the budget', async () => {
    const [node, other] = nodes
    await workload.applyOn(other, { single: deployment({ name: 'single', nodes }) })
    await workload.apply(budget(cluster.policyVersion, 'single', 1))
    const [single] = workload.named('single')
    const plan = await drains('never', { timeout: '8s' })
    const said = await plan.until(/^False\/DrainFailed/)
    expect(said).toContain(
      `${node} was not drained within 8s: falkirk-e2e/${single?.name} waits for PodDisruptionBudget falkirk-e2e/single`,
    )
    expect(said).toContain('it never lets one go')
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    await workload.caughtUp()
    expect(workload.named('single')).toEqual([single])
    expect(plan.jobs()).toEqual([])

    await plan.edit({ spec: { drain: { disableEviction: true, timeout: '2m' } } })
    await plan.untilComplete()
    await workload.caughtUp()
    expect(workload.pods.get(single?.uid ?? '')).toBeUndefined()
    await plan.untilFree(node)
  })

  it('waits for a pod that a finalizer holds, and says which', async () => {
    const [node] = nodes
    await workload.apply(pod({ name: 'held', nodes: [node], finalizer: 'e2e.falkirk.dev/hold' }))
    await workload.untilReady('held', 1)
    const plan = await drains('waits', { force: true, gracePeriod: 1 })
    await plan.until(/^False\/Draining: .*falkirk-e2e\/held is past its grace period: its finalizer e2e\.falkirk\.dev\/hold holds it/)
    expect(plan.jobs()).toEqual([])
    await workload.letGo('held')
    await plan.untilComplete()
    await plan.untilFree(node)
  })

  it("leaves Falkirk's own pod on its node", async () => {
    const own = await controllerPod()
    const plan = await drains('own', { force: true, timeout: '120s' }, { node: own.node, spec: { tolerations: [{ operator: 'Exists' }] } })
    await plan.untilComplete()
    await plan.untilFree(own.node)
    expect(await controllerPod()).toEqual(own)
  })
})

describe('a drain by the kubectl image', () => {
  it('empties the node from a pod on that very node before the upgrade, and lets the controller stay on its own', async () => {
    const [node, other] = nodes
    await workload.applyOn(other, { late: deployment({ name: 'late', nodes, replicas: 2, readyAfterSeconds: 3, emptyDir: true }) })
    const every = await besides(node)
    const controller = await controllerPod()
    const own = controller.node

    const spec = { drain: { force: true, timeout: '90s' }, tolerations: [{ operator: 'Exists' }] }
    const plan = await createPlan(cluster, { name: 'kubectl', nodes: [node, own], spec })
    await plan.untilNode(node, 'cordoned', ({ unschedulable }) => unschedulable)
    await plan.untilComplete()
    for (const name of [node, own]) await plan.untilFree(name)
    expect((await workload.untilReady('late', 2, other)).length).toBe(2)
    await workload.caughtUp()
    expect(workload.named('every').filter((one) => one.node === node)).toEqual([every])
    expect(workload.named('bare')).toEqual([])
    expect(await controllerPod()).toEqual(controller)

    const job = plan.jobs().find((one) => one.node === node)?.name ?? ''
    const { spec: made } = await cluster.kubectl.json<JobObject>(['-n', namespace, 'get', 'job', job])
    const [drain] = made.template.spec.initContainers
    expect(drain?.name).toBe('drain')
    expect(drain?.image).toMatch(/^rancher\/kubectl:/)
    const selector = ['--pod-selector', '!upgrade.cattle.io/controller']
    expect(drain?.args).toEqual([
      'drain',
      node,
      ...selector,
      '--ignore-daemonsets',
      '--delete-emptydir-data',
      '--force',
      '--timeout',
      '90s',
    ])
  })

  it('that a budget does not let go fails by what kubectl said, and its node serves again', async () => {
    const [node, other] = nodes
    await workload.applyOn(other, { single: deployment({ name: 'single', nodes }) })
    await workload.apply(budget(cluster.policyVersion, 'single', 1))
    const [single] = workload.named('single')
    const plan = await createPlan(cluster, { name: 'refused', nodes: [node], spec: { drain: { timeout: '6s' } } })
    const said = await plan.until(/^False\/JobFailed/)
    expect(said).toContain('container drain exited with code 1; last lines: ')
    expect(said).toContain(`${single?.name}`)
    expect(said).toMatch(/disruption budget/)
    await plan.untilNode(node, 'schedulable again', ({ unschedulable }) => !unschedulable)
    await workload.caughtUp()
    expect(workload.named('single')).toEqual([single])
    await plan.delete()
  })
})

async function controllerPod(): Promise<{ uid: string; node: string; restarts: number }> {
  const { items } = await cluster.kubectl.json<{
    items: { metadata: { uid: string }; spec: { nodeName: string }; status: { containerStatuses: { restartCount: number }[] } }[]
  }>(['-n', namespace, 'get', 'pods', '-l', 'app.kubernetes.io/component=controller'])
  const [found] = items
  if (found === undefined || items.length > 1) throw new Error(`there are ${items.length} pods of the controller instead of one`)
  return { uid: found.metadata.uid, node: found.spec.nodeName, restarts: found.status.containerStatuses[0]?.restartCount ?? 0 }
}

/** A Plan's Jobs, oldest first, with the names of all their containers. */
async function jobsOf(plan: string): Promise<{ containers: string[]; completedAtMs: number }[]> {
  interface Containers {
    readonly initContainers?: { name: string }[]
    readonly containers: { name: string }[]
  }
  const { items } = await cluster.kubectl.json<{
    items: { spec: { template: { spec: Containers } }; status: { completionTime: string } }[]
  }>(['-n', namespace, 'get', 'jobs', '-l', `upgrade.cattle.io/plan=${plan}`, '--sort-by=.metadata.creationTimestamp'])
  return items.map(({ spec, status }) => {
    const { initContainers = [], containers } = spec.template.spec
    return { containers: [...initContainers, ...containers].map(({ name }) => name), completedAtMs: Date.parse(status.completionTime) }
  })
}
