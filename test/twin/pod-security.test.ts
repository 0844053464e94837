import { afterEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/twin/kube-object.ts'
import { agentsPlan } from './agents-plan.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message?: string
}

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

/** A cluster whose namespace of upgrades lets in no pod that could change a machine. */
async function restricted(): Promise<UpgradeCluster> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2 })
  running.push(run)
  await enforce(run, 'restricted')
  run.cluster.startController()
  return run
}

const enforce = (run: UpgradeCluster, level: string) =>
  run.cluster.twin.api.client.change('namespaces', { name: 'system-upgrade' }, (current: KubeObject) => ({
    ...current,
    metadata: { ...current.metadata, labels: { ...current.metadata.labels, 'pod-security.kubernetes.io/enforce': level } },
  }))

/** What is told of Jobs whose pods nobody may create. */
function refusals({ cluster }: UpgradeCluster): readonly string[] {
  const events = cluster.store.list('events', 'system-upgrade') as readonly (KubeObject & { reason?: string; message?: string })[]
  return events.filter(({ reason }) => reason === 'FailedCreate').map(({ message }) => message ?? '')
}

const refused = /^Error creating: pods ".*" is forbidden: violates PodSecurity "restricted:latest": host namespaces \(hostNetwork=true, /
const told =
  /Job system-upgrade\/\S+ waits: no pod of it has been created for Node (?:server|worker)-0: PodSecurity .* kubectl --namespace system-upgrade describe job \S+ tells/

describe('a namespace that enforces the restricted level', () => {
  it('keeps a ClusterUpgrade from its first node, which says where to look; with the label gone it goes on', async () => {
    const run = await restricted()
    await run.create('up', { version: 'v1.31.5+k3s1' })
    await run.until('up', ({ message }) => told.test(message ?? ''))
    expect(refusals(run)[0]).toMatch(refused)
    await enforce(run, 'privileged')
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.problems()).toEqual([])
  })

  it('stops it after ten minutes, with the node as it was', async () => {
    const run = await restricted()
    await run.create('up', { version: 'v1.31.5+k3s1' })
    const end = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(end.message).toMatch(told)
    expect(end.message).not.toContain('make the image available')
    expect(run.cluster.store.get('nodes', undefined, 'server-0')?.spec).not.toHaveProperty('unschedulable')
  })

  it('keeps a Plan from its nodes, which says where to look; with the label gone it goes on', async () => {
    const run = await restricted()
    const { clock, store, twin } = run.cluster
    await clock.advance(5_000)
    await twin.api.client.create('plans.upgrade.cattle.io', agentsPlan)
    const complete = () => {
      const { status } = store.get('plans.upgrade.cattle.io', 'system-upgrade', 'agents') as { status?: { conditions?: Condition[] } }
      return status?.conditions?.find(({ type }) => type === 'Complete')
    }
    await clock.advance(60_000)
    expect(complete()?.message).toMatch(told)
    expect(refusals(run)[0]).toMatch(refused)
    await enforce(run, 'privileged')
    await clock.advance(30 * 60_000)
    expect(complete()).toMatchObject({ status: 'True', reason: 'Complete' })
  })
})
