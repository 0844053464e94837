import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WorkloadCluster } from './workload-cluster.test-support.ts'

/** One disturbance; `at` picks the pod. */
type Disturbance =
  | { readonly kind: 'Delete' | 'Fail' | 'Unready'; readonly at: number }
  | { readonly kind: 'Scale'; readonly to: number }
  | { readonly kind: 'NewImage'; readonly image: string }
  | { readonly kind: 'Wait'; readonly seconds: number }

const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  fc.record({ kind: fc.constantFrom('Delete', 'Fail', 'Unready'), at: fc.nat(50) }),
  fc.record({ kind: fc.constant('Scale' as const), to: fc.nat(6) }),
  fc.record({ kind: fc.constant('NewImage' as const), image: fc.constantFrom('i:1', 'i:2', 'i:3') }),
  fc.record({ kind: fc.constant('Wait' as const), seconds: fc.constantFrom(0.02, 0.5, 3, 20) }),
)

const template = (app: string, image: string) => ({ metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image }] } })
const workload = (name: string) => ({
  metadata: { name },
  spec: { replicas: 3, selector: { matchLabels: { app: name } }, template: template(name, 'i:1') },
})

const scaled = ['deployments.apps', 'statefulsets.apps'] as const
const nameOf = { 'deployments.apps': 'web', 'statefulsets.apps': 'db', 'daemonsets.apps': 'agent' } as const

async function disturb(cluster: WorkloadCluster, what: Disturbance): Promise<void> {
  switch (what.kind) {
    case 'Wait':
      return cluster.seconds(what.seconds)
    case 'Scale':
      for (const resource of scaled) await cluster.changeSpec(resource, nameOf[resource], { replicas: what.to })
      return
    case 'NewImage':
      for (const [resource, name] of Object.entries(nameOf))
        await cluster.changeSpec(resource, name, { template: template(name, what.image) })
      return
    case 'Delete':
    case 'Fail':
    case 'Unready': {
      const name = cluster.livePods()[what.at % Math.max(1, cluster.livePods().length)]?.metadata.name
      if (name === undefined) return
      if (what.kind === 'Delete') await cluster.client.delete('pods', { namespace: 'default', name })
      else if (what.kind === 'Fail') await cluster.nodes.finish(name, 'Failed')
      else await cluster.nodes.setReady(name, false)
    }
  }
}

async function run(disturbances: readonly Disturbance[], minor: number): Promise<WorkloadCluster> {
  const cluster = await WorkloadCluster.start({ minor })
  await cluster.create('deployments.apps', workload('web'))
  await cluster.create('statefulsets.apps', { ...workload('db'), spec: { ...workload('db').spec, serviceName: 'db' } })
  const { replicas: _, ...spec } = workload('agent').spec
  await cluster.create('daemonsets.apps', { metadata: { name: 'agent' }, spec })
  for (const what of disturbances) await disturb(cluster, what)
  // what was made not ready stays so for ever otherwise
  for (const pod of cluster.livePods()) if (pod.status?.phase === 'Running') await cluster.nodes.setReady(pod.metadata.name, true)
  await cluster.seconds(400)
  cluster.stop()
  return cluster
}

/** Running pods with the image that they should have, by owner. */
function inPlace(cluster: WorkloadCluster, resource: keyof typeof nameOf): number {
  const name = nameOf[resource]
  const { template: wanted } = cluster.get(resource, name).spec as { template: ReturnType<typeof template> }
  return cluster
    .livePods()
    .filter(({ metadata, status }) => metadata.labels?.app === name && status?.phase === 'Running')
    .filter(({ spec }) => spec.containers[0]?.image === wanted.spec.containers[0]?.image).length
}

describe('workloads that are disturbed', () => {
  it.each([20, 33])('all come to what is asked of them in the end, in 1.%i', async (minor) => {
    await fc.assert(
      fc.asyncProperty(fc.array(disturbance, { maxLength: 25 }), async (disturbances) => {
        const cluster = await run(disturbances, minor)
        for (const resource of scaled) {
          const object = cluster.get(resource, nameOf[resource])
          const { replicas } = object.spec as { replicas: number }
          expect(inPlace(cluster, resource)).toBe(replicas)
          expect((object.status as { updatedReplicas?: number }).updatedReplicas ?? 0).toBe(replicas)
        }
        expect(inPlace(cluster, 'daemonsets.apps')).toBe(3)
        expect(cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  it('end the same, to the last byte, when all is the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(disturbance, { maxLength: 15 }), async (disturbances) => {
        const [once, again] = [await run(disturbances, 28), await run(disturbances, 28)]
        const everything = ({ store }: WorkloadCluster) => JSON.stringify(store.resources().map((resource) => store.list(resource)))
        expect(everything(again)).toBe(everything(once))
      }),
      { numRuns: 8 },
    )
  })
})
