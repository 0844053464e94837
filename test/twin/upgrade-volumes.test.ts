import type { Pod } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import { afterEach, describe, expect, it } from 'vitest'
import type { ClusterUpgradeSpec } from '../../src/core/upgrade/api/upgrade-spec.ts'
import { as } from '../../src/twin/kube-object.ts'
import type { StoryWorkload } from './plan-story.ts'
import { workloadObjects } from './story-objects.ts'
import { UpgradeCluster, type UpgradeClusterOptions } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

const database: StoryWorkload = { kind: 'StatefulSet', replicas: 1, minAvailable: -1, readySeconds: 1, volume: true }
const agent: StoryWorkload = { kind: 'DaemonSet', replicas: 1, minAvailable: -1, readySeconds: 1, volume: true }
const to = 'v1.31.5+k3s1'

/** A server and two workers, with what has volumes. */
async function started(workload: StoryWorkload, options: Partial<UpgradeClusterOptions> = {}): Promise<UpgradeCluster> {
  const objects = workloadObjects(workload, 'db')
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2, objects, ...options })
  running.push(run)
  return run
}

async function create(run: UpgradeCluster, spec: Partial<ClusterUpgradeSpec> = {}): Promise<void> {
  await run.create('up', { version: to, pools: [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } } }], ...spec })
}

function attachedTo({ cluster: { store } }: UpgradeCluster): readonly string[] {
  return store.list('volumeattachments.storage.k8s.io').map((one) => as<VolumeAttachment>(one).spec.nodeName)
}

function nodeOfDatabase({ cluster: { store } }: UpgradeCluster): string {
  return as<Pod>(store.get('pods', 'default', 'db-0') ?? expect.fail('no pod db-0')).spec?.nodeName ?? ''
}

describe('a volume of a pod that has left', () => {
  it('is detached before its node is changed; the run says which one, of whom, and what it waits for', async () => {
    const run = await started(database, { detachSeconds: 120 })
    run.cluster.startController()
    const first = nodeOfDatabase(run)
    expect(attachedTo(run)).toEqual([first])
    await create(run)
    await run.until('up', ({ message = '' }) => / of claim /.test(message))
    expect(run.status('up').message).toMatch(
      new RegExp(
        `^${first} is drained, and volume pvc-\\S+ of claim default/data-db-0 \\(driver ebs\\.csi\\.aws\\.com\\) is still attached: ` +
          'it has been detaching since \\d{4}-\\S+Z; the controller of ebs\\.csi\\.aws\\.com has to end that$',
      ),
    )
    expect(run.witness.changed).not.toContain(first)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.witness.changed).toContain(first)
    expect(attachedTo(run)).toEqual([nodeOfDatabase(run)])
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })

  it('that is not detached in time stops the run, and the node serves; when it is, the run is continued', async () => {
    const run = await started(database, { detachSeconds: 900 })
    run.cluster.startController()
    const first = nodeOfDatabase(run)
    await create(run, { drain: { timeout: '5m' } })
    const { stop, failed } = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(stop).toMatchObject({
      reason: 'DetachFailed',
      message: expect.stringMatching(
        new RegExp(`^${first} was drained, and 5m0s later volume pvc-\\S+ of claim default/data-db-0 .*or raise spec\\.drain\\.timeout$`),
      ),
    })
    expect(failed).toMatchObject([{ node: first, reason: 'DetachFailed' }])
    await run.cluster.clock.advance(720_000)
    expect(run.witness.changed).not.toContain(first)
    expect(attachedTo(run)).toEqual([nodeOfDatabase(run)])
    await run.edit('up', { continueFrom: 1, drain: { timeout: '20m' }, soak: { timeout: '30m' } })
    await run.until('up', ({ phase }) => phase === 'Complete', 7_200)
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })

  it('holds up nobody on a cluster of one node', async () => {
    const run = await started(database, { workers: 0, detachSeconds: 3_600 })
    run.cluster.startController()
    await run.create('up', { version: to, soak: { displacedPodsReady: false } })
    await run.until('up', ({ phase }) => phase === 'Complete' || phase === 'CompletedWithFindings')
    expect(run.witness.changed).toEqual(['server-0'])
    expect(run.problems()).toEqual([])
  })
})

it('a volume of a DaemonSet stays with its pod, and nobody waits for it', async () => {
  const run = await started(agent)
  run.cluster.startController()
  expect(attachedTo(run).toSorted()).toEqual(['server-0', 'worker-0', 'worker-1'])
  await create(run, { drain: { timeout: '1m' } })
  await run.until('up', ({ phase }) => phase === 'Complete')
  expect(attachedTo(run)).toHaveLength(3)
  expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
})

it.each(['Before', 'After'] as const)(
  'a controller that is killed %s it writes that it waits has a successor that goes on',
  async (when) => {
    const counted = await started(database)
    const { writes } = counted.cluster.startController()
    await create(counted)
    await counted.until('up', ({ inFlight = [] }) => inFlight.some(({ step }) => step === 'Detaching'))
    const write = 1 + writes.findIndex(({ body }) => JSON.stringify(body).includes('Detaching'))
    const run = await started(database)
    let deaths = 0
    const onDeath = () => {
      deaths += 1
      run.cluster.clock.after(7_000, () => run.cluster.startController())
    }
    run.cluster.startController({ death: { write, when, onDeath } })
    await create(run)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(deaths).toBe(1)
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  },
)
