import type { Pod } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { planCrd } from '../../src/core/plan/plan-crd.ts'
import { usualLatencies } from '../../src/twin/controllers/latencies.ts'
import { as, type DraftObject } from '../../src/twin/kube-object.ts'
import { newMachine } from '../../src/twin/machine/new-machine.ts'
import type { DeathAtWrite } from './killable-ports.ts'
import type { StoryWorkload } from './plan-story.ts'
import { PlanWitness } from './plan-witness.ts'
import { workloadObjects } from './story-objects.ts'
import { namespace, type RunningController, type VirtualCluster, virtualCluster } from './virtual-cluster.ts'
import { volumesLeftAt } from './volumes-left-at.ts'

const resource = 'plans.upgrade.cattle.io'
const database: StoryWorkload = { kind: 'StatefulSet', replicas: 1, minAvailable: -1, readySeconds: 1, volume: true }

const running: VirtualCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.stop()
})

interface Stage {
  readonly cluster: VirtualCluster
  readonly witness: PlanWitness
  /** The node with the volume. */
  readonly first: string
  complete(): { readonly status: string; readonly reason: string; readonly message: string }
  until(holds: () => boolean): Promise<void>
  start(death?: DeathAtWrite): RunningController
}

/** A server and two workers with a database, and a Plan that the controller drains workers for. */
async function stage({ detachSeconds = 10, timeout = '5m' } = {}): Promise<Stage> {
  const version = 'v1.30.4+k3s1'
  const machine = (name: string, role: 'Server' | 'Agent') =>
    newMachine({ name, version, role, distribution: 'k3s', bootId: name, labels: { pool: role === 'Agent' ? 'blue' : 'servers' } })
  const machines = [machine('server', 'Server'), machine('worker-0', 'Agent'), machine('worker-1', 'Agent')]
  const latencies = { ...usualLatencies, detachMs: () => detachSeconds * 1_000 }
  const cluster = await virtualCluster({ seed: 1, version, machines, latencies })
  running.push(cluster)
  const { clock, store, twin } = cluster
  for (const [kind, draft] of workloadObjects(database, 'db')) await twin.api.client.create(kind, draft)
  await twin.api.client.create('customresourcedefinitions.apiextensions.k8s.io', planCrd() as DraftObject)
  await clock.advance(60_000)
  const first = as<Pod>(store.get('pods', 'default', 'db-0') ?? expect.fail('no pod db-0')).spec?.nodeName ?? ''
  // the one with the volume alone: the other is free to take its pod
  const nodeSelector = { matchLabels: { 'kubernetes.io/hostname': first } }
  const upgrade = { image: 'rancher/k3s-upgrade' }
  await twin.api.client.create(resource, {
    metadata: { namespace, name: 'agents', annotations: { 'falkirk.dev/drain': 'controller' } },
    spec: { version: 'v1.30.8+k3s1', concurrency: 1, drain: { timeout }, nodeSelector, serviceAccountName: 'system-upgrade', upgrade },
  })
  const witness = new PlanWitness(store, () => clock.now())
  witness.begin()
  const complete = () => {
    const plan = store.get(resource, namespace, 'agents')
    const conditions = ((plan?.status ?? {}) as { conditions?: { type: string; status: string; reason: string; message: string }[] })
      .conditions
    return conditions?.find(({ type }) => type === 'Complete') ?? { status: '', reason: '', message: '' }
  }
  const until = async (holds: () => boolean) => {
    for (let seconds = 0; seconds < 1_800 && !holds(); seconds++) await clock.advance(1_000)
    expect(holds(), JSON.stringify(complete())).toBe(true)
  }
  const start: Stage['start'] = (death) => {
    const onDeath = () => void clock.after(7_000, () => cluster.startController())
    return cluster.startController(death === undefined ? {} : { death: { ...death, onDeath } })
  }
  return { cluster, witness, first, complete, until, start }
}

const hasJob = ({ cluster: { store } }: Stage) => store.list('jobs.batch', namespace).length > 0

describe('a Plan whose nodes the controller drains', () => {
  it('has no Job before the volumes of the pods that have left are detached, and says what it waits for', async () => {
    const one = await stage({ detachSeconds: 120 })
    one.start()
    await one.until(() => / of claim /.test(one.complete().message))
    expect(one.complete()).toMatchObject({
      status: 'False',
      reason: 'Draining',
      message: expect.stringMatching(
        new RegExp(
          `^${one.first} is drained, and volume pvc-\\S+ of claim default/data-db-0 \\(driver ebs\\.csi\\.aws\\.com\\) is still attached: `,
        ),
      ),
    })
    expect(hasJob(one)).toBe(false)
    await one.until(() => hasJob(one))
    expect(volumesLeftAt(one.cluster.store, one.first)).toEqual([])
    await one.until(() => one.complete().status === 'True')
    expect([...one.witness.violations, ...one.witness.leftOvers(), ...one.cluster.defects]).toEqual([])
  })

  it('gives a node back whose volume is not detached in time', async () => {
    const one = await stage({ detachSeconds: 900, timeout: '2m' })
    one.start()
    await one.until(() => one.complete().reason === 'DrainFailed')
    expect(one.complete().message).toMatch(
      new RegExp(`^${one.first} was drained, and 2m0s later volume pvc-\\S+ .*or raise spec\\.drain\\.timeout$`),
    )
    await one.cluster.clock.advance(60_000)
    expect(hasJob(one)).toBe(false)
    expect(
      as<{ spec: { unschedulable?: boolean } }>(one.cluster.store.get('nodes', undefined, one.first) ?? {}).spec.unschedulable,
    ).toBeFalsy()
  })

  it.each(['Before', 'After'] as const)('goes on when its controller is killed %s it writes that it waits', async (when) => {
    const counted = await stage()
    const { writes } = counted.start()
    await counted.until(() => / is drained, and /.test(counted.complete().message))
    const write = 1 + writes.findIndex(({ body }) => JSON.stringify(body).includes('drainedAt'))
    expect(write).toBeGreaterThan(0)
    const one = await stage()
    const killed = one.start({ write, when })
    await one.until(() => one.complete().status === 'True')
    expect(killed.isDead).toBe(true)
    expect([...one.witness.violations, ...one.witness.leftOvers(), ...one.cluster.defects]).toEqual([])
  })
})
