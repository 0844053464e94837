import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from './host-plan.ts'
import { installWith } from './install.ts'
import { namespace, type TargetCluster, targetCluster } from './target-cluster.ts'
import { budget, daemonSet, deployment, pod, Workload } from './workload.ts'

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

afterEach(() => workload.clear())

interface JobObject {
  readonly spec: { readonly template: { readonly spec: { readonly initContainers: { name: string; image: string; args: string[] }[] } } }
}

describe('a drain by the kubectl image', () => {
  it('empties the node from a pod on that very node before the upgrade, and lets the controller stay on its own', async () => {
    const [node, other] = nodes
    await workload.applyOn(other, { late: deployment({ name: 'late', nodes, replicas: 2, readyAfterSeconds: 3, emptyDir: true }) })
    await workload.apply(
      daemonSet({ name: 'every', nodes }),
      pod({ name: 'bare', nodes: [node] }),
      budget(cluster.policyVersion, 'late', 1),
    )
    const [every] = await workload.untilReady('every', 1, node)
    await workload.untilReady('bare', 1)
    const controller = await controllerPods()
    const own = controller[0]?.node ?? ''

    const spec = { drain: { force: true, timeout: '90s' }, tolerations: [{ operator: 'Exists' }] }
    const plan = await createPlan(cluster, { name: 'kubectl', nodes: [node, own], spec })
    await plan.untilNode(node, 'cordoned', ({ unschedulable }) => unschedulable)
    await plan.untilComplete()
    for (const name of [node, own]) await plan.untilFree(name)
    expect((await workload.untilReady('late', 2, other)).length).toBe(2)
    expect(workload.named('every').filter((one) => one.node === node)).toEqual([every])
    expect(workload.named('bare')).toEqual([])
    expect(controller).toHaveLength(1)
    expect(await controllerPods()).toEqual(controller)

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
    expect(workload.named('single')).toEqual([single])
    await plan.delete()
  })
})

async function controllerPods(): Promise<{ uid: string; node: string }[]> {
  const { items } = await cluster.kubectl.json<{
    items: { metadata: { uid: string }; spec: { nodeName: string } }[]
  }>(['-n', namespace, 'get', 'pods', '-l', 'app.kubernetes.io/component=controller'])
  return items.map(({ metadata, spec }) => ({ uid: metadata.uid, node: spec.nodeName }))
}
