import { afterEach, describe, expect, it } from 'vitest'
import { planCrd } from '../../src/core/plan/plan-crd.ts'
import type { DraftObject, KubeObject } from '../../src/twin/kube-object.ts'
import { newMachine } from '../../src/twin/machine/new-machine.ts'
import { controllerRights, type Effect } from '../e2e/plan/right-effects.ts'
import { baseRights, nameOf, type Right, roleObjects } from '../e2e/plan/rights.ts'
import { agentsPlan } from './agents-plan.ts'
import { namespace, type VirtualCluster, virtualCluster } from './virtual-cluster.ts'

const account = 'less'
const user = `system:serviceaccount:${namespace}:${account}`
const rbac = { ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings', Role: 'roles', RoleBinding: 'rolebindings' } as const
const { name: plan } = agentsPlan.metadata

const running: VirtualCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.stop()
})

type RoleObject = DraftObject & { readonly kind: keyof typeof rbac }

/** The rights of deploy/base as the twin enforces them, but for one. */
async function grant({ twin, store }: VirtualCluster, without?: Right): Promise<void> {
  const objects = roleObjects({ user, namespace, drains: false, ...(without === undefined ? {} : { without }) }) as RoleObject[]
  for (const object of objects) {
    const resource = `${rbac[object.kind]}.rbac.authorization.k8s.io`
    const { name = '', namespace: of } = object.metadata ?? {}
    if (store.get(resource, of, name) === undefined) await twin.api.client.create(resource, object)
    else await twin.api.client.change(resource, { namespace: of, name }, (old) => ({ ...old, ...object, metadata: old.metadata }))
  }
}

/** Two workers and a Plan for them; a controller that may do all but one thing, or all. */
async function startedWithout(right?: Right): Promise<VirtualCluster> {
  const version = 'v1.30.4+k3s1'
  const machine = (name: string, role: 'Server' | 'Agent') =>
    newMachine({ name, version, role, distribution: 'k3s', bootId: name, labels: { pool: role === 'Agent' ? 'blue' : 'servers' } })
  const machines = [machine('server', 'Server'), machine('worker-0', 'Agent'), machine('worker-1', 'Agent')]
  const cluster = await virtualCluster({ seed: 1, version, machines })
  running.push(cluster)
  await cluster.twin.api.client.create('customresourcedefinitions.apiextensions.k8s.io', planCrd() as DraftObject)
  await cluster.clock.advance(5_000)
  await grant(cluster, right)
  await cluster.twin.api.client.create('plans.upgrade.cattle.io', agentsPlan)
  cluster.startController({ account, leaderElect: true })
  return cluster
}

function touchedNodes({ store }: VirtualCluster): readonly string[] {
  const isTouched = ({ metadata, spec }: KubeObject) =>
    (spec as { unschedulable?: boolean } | undefined)?.unschedulable === true ||
    metadata.labels?.[`plan.upgrade.cattle.io/${plan}`] !== undefined
  return store
    .list('nodes')
    .filter(isTouched)
    .map(({ metadata }) => metadata.name)
}

function complete({ store }: VirtualCluster): string | undefined {
  const { status } = store.get('plans.upgrade.cattle.io', namespace, plan) as {
    status?: { conditions?: { type: string; status: string }[] }
  }
  return status?.conditions?.find(({ type }) => type === 'Complete')?.status
}

/** Nothing is done to a node as long as they are missing. */
const stopping: readonly (Effect | undefined)[] = ['NotReady', 'Idle', 'Blocked']

describe('a controller of Plans with the rights of deploy/base, on a twin that enforces them', () => {
  it('has begun within two minutes when it has all', async () => {
    const cluster = await startedWithout()
    await cluster.clock.advance(120_000)
    expect(touchedNodes(cluster)).not.toEqual([])
  })
})

describe('without one of them', () => {
  it.each(baseRights('Controller').map((right) => ({ right, name: nameOf(right), effect: controllerRights[nameOf(right)] })))(
    '$name: $effect; it goes on when the right is granted',
    async ({ right, name, effect }) => {
      const cluster = await startedWithout(right)
      await cluster.clock.advance(120_000)
      if (stopping.includes(effect)) expect(touchedNodes(cluster)).toEqual([])
      await grant(cluster)
      // who cannot renew the Lease ends, and a kubelet starts it again
      if (name === 'update leases') cluster.startController({ account, leaderElect: true })
      for (let minutes = 0; minutes < 45 && complete(cluster) !== 'True'; minutes++) await cluster.clock.advance(60_000)
      expect(complete(cluster)).toBe('True')
      expect(touchedNodes(cluster)).toEqual(['worker-0', 'worker-1'])
      if (name !== 'update leases') expect(cluster.defects).toEqual([])
    },
  )
})
