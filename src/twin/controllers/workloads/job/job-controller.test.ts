import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../../kube-object.ts'
import { startCluster, startMs, type WorkloadCluster, type WorkloadClusterOptions } from '../workload-cluster.test-support.ts'
import type { JobObject } from '../workload-objects.ts'

const start = (options: WorkloadClusterOptions = {}) => startCluster({ readySeconds: 1, ...options })

interface Exit {
  readonly after?: number
  readonly code?: number
}

/** A Job whose pods run for 5 seconds and end well, unless told. */
function batch(spec: object = {}, { after = 5, code = 0 }: Exit = {}): DraftObject {
  return {
    metadata: { name: 'batch' },
    spec: {
      template: {
        metadata: { annotations: { 'exit-after': String(after), 'exit-code': String(code) } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
      },
      ...spec,
    },
  }
}

const job = (cluster: WorkloadCluster) => cluster.get<JobObject>('jobs.batch', 'batch')
const conditions = (cluster: WorkloadCluster) =>
  (job(cluster).status?.conditions ?? []).map(({ type, status, reason }) => [type, status, reason])

/** Seconds after the start at which a pod was created. */
async function creationTimes(cluster: WorkloadCluster, seconds: number): Promise<readonly number[]> {
  const times: number[] = []
  cluster.store.subscribe(({ resource, kind }) => {
    if (resource === 'pods' && kind === 'Added') times.push(Math.round((cluster.clock.now() - startMs) / 1000))
  })
  await cluster.create('jobs.batch', batch({ backoffLimit: 3 }, { after: 1, code: 1 }))
  await cluster.seconds(seconds)
  return times
}

describe.each([20, 26, 29, 33])('a Job of 1.%i', (minor) => {
  it('runs pods in parallel until enough have succeeded', async () => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({ completions: 5, parallelism: 2 }))
    await cluster.seconds(3)
    expect(cluster.livePods()).toHaveLength(2)
    expect(job(cluster).status).toMatchObject({ active: 2 })
    await cluster.seconds(60)
    expect(cluster.failures).toEqual([])
    expect(cluster.pods()).toHaveLength(5)
    expect(job(cluster).status).toMatchObject({ succeeded: 5, completionTime: expect.any(String) })
    expect(conditions(cluster)).toContainEqual(['Complete', 'True', minor >= 31 ? 'CompletionsReached' : undefined])
    expect(cluster.events('batch')).toContain('Completed: Job completed')
    expect(cluster.pods().flatMap(({ metadata }) => metadata.finalizers ?? [])).toEqual([])
  })

  it('that starts nothing has begun only where a status is written all the same', async () => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({ parallelism: 0 }))
    await cluster.seconds(60)
    expect(cluster.failures).toEqual([])
    expect(job(cluster).status?.startTime !== undefined).toBe(minor >= 24)
    await cluster.changeSpec('jobs.batch', 'batch', { parallelism: 1 })
    await cluster.seconds(20)
    expect(job(cluster).status).toMatchObject({ succeeded: 1, startTime: expect.any(String) })
  })

  it('fails when more pods have failed than it may have', async () => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({ backoffLimit: 2 }, { after: 1, code: 1 }))
    await cluster.seconds(120)
    expect(cluster.failures).toEqual([])
    expect(cluster.pods()).toHaveLength(3)
    expect(job(cluster).status).toMatchObject({ failed: 3 })
    expect(conditions(cluster)).toContainEqual(['Failed', 'True', 'BackoffLimitExceeded'])
    expect(cluster.events('batch')).toContain('BackoffLimitExceeded: Job has reached the specified backoff limit')
  })

  it('fails when it takes too long, and ends what still runs', async () => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({ activeDeadlineSeconds: 30, parallelism: 2, completions: 2 }, { after: 1000 }))
    await cluster.seconds(29)
    expect(conditions(cluster)).toEqual([])
    await cluster.seconds(11)
    expect(conditions(cluster)).toContainEqual(['Failed', 'True', 'DeadlineExceeded'])
    expect(job(cluster).status).toMatchObject({ failed: 2 })
    expect(cluster.pods()).toEqual([])
  })

  it('leaves nothing behind when it is deleted while it runs', async () => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({}, { after: 1000 }))
    await cluster.seconds(5)
    await cluster.client.delete('jobs.batch', { namespace: 'default', name: 'batch' })
    for (const pod of cluster.pods()) await cluster.client.delete('pods', { namespace: 'default', name: pod.metadata.name })
    await cluster.seconds(10)
    expect(cluster.pods()).toEqual([])
  })
})

describe('a Job whose pods fail', () => {
  it('before 1.27 starts the second at once, then waits 10 s, 20 s', async () => {
    const cluster = await start({ minor: 20 })
    expect(await creationTimes(cluster, 100)).toEqual([0, 2, 14, 36])
  })

  it('from 1.27 waits 10 s, 20 s, 40 s', async () => {
    const cluster = await start({ minor: 29 })
    expect(await creationTimes(cluster, 120)).toEqual([0, 12, 34, 76])
  })
})

describe('a Job whose pod is evicted', () => {
  it.each([
    { minor: 20, failed: 0, why: 'a pod that is gone is not counted' },
    { minor: 29, failed: 1, why: 'it counts as failed' },
  ])('in 1.$minor has $failed failed: $why', async ({ minor, failed }) => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({}, { after: 1000 }))
    await cluster.seconds(5)
    const [pod] = cluster.pods()
    await cluster.client.delete('pods', { namespace: 'default', name: pod?.metadata.name ?? '' })
    await cluster.seconds(30)
    expect(job(cluster).status?.failed ?? 0).toBe(failed)
    expect(cluster.livePods()).toHaveLength(1)
    expect(cluster.livePods()[0]?.metadata.uid).not.toBe(pod?.metadata.uid)
  })

  it('with podReplacementPolicy Failed waits until it has ended before another starts', async () => {
    const cluster = await start({ minor: 30, terminationSeconds: 20 })
    await cluster.create('jobs.batch', batch({ podReplacementPolicy: 'Failed' }, { after: 1000 }))
    await cluster.seconds(5)
    await cluster.client.delete('pods', { namespace: 'default', name: cluster.pods()[0]?.metadata.name ?? '' })
    await cluster.seconds(15)
    expect(cluster.pods()).toHaveLength(1)
    expect(job(cluster).status).toMatchObject({ terminating: 1 })
    await cluster.seconds(30)
    expect(cluster.livePods()).toHaveLength(1)
  })

  it('with a pod failure policy does not count it when that ignores DisruptionTarget', async () => {
    const cluster = await start({ minor: 30 })
    const podFailurePolicy = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] }
    await cluster.create('jobs.batch', batch({ backoffLimit: 0, podFailurePolicy }, { after: 1000 }))
    await cluster.seconds(5)
    const [pod] = cluster.pods()
    await cluster.nodes.finish(pod?.metadata.name ?? '', 'Failed', { conditions: [{ type: 'DisruptionTarget', status: 'True' }] })
    await cluster.seconds(30)
    expect(conditions(cluster)).toEqual([])
    expect(cluster.livePods().filter(({ status }) => status?.phase === 'Running')).toHaveLength(1)
  })

  it('with a pod failure policy fails at once where that says so', async () => {
    const cluster = await start({ minor: 30 })
    const podFailurePolicy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] }
    await cluster.create('jobs.batch', batch({ podFailurePolicy }, { after: 1, code: 42 }))
    await cluster.seconds(60)
    const [pod] = cluster.pods()
    expect(cluster.pods()).toHaveLength(1)
    expect(job(cluster).status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Failed',
        reason: 'PodFailurePolicy',
        message: `Container c for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
      }),
    )
  })
})

describe('a suspended Job', () => {
  it('starts no pod; when it goes on, its time begins anew', async () => {
    const cluster = await start({ minor: 26 })
    await cluster.create('jobs.batch', batch({ suspend: true }))
    await cluster.seconds(20)
    expect(cluster.pods()).toEqual([])
    expect(job(cluster).status?.startTime).toBeUndefined()
    expect(conditions(cluster)).toEqual([['Suspended', 'True', 'JobSuspended']])
    await cluster.changeSpec('jobs.batch', 'batch', { suspend: false })
    await cluster.seconds(20)
    expect(job(cluster).status).toMatchObject({ startTime: '2026-11-21T10:00:20Z', succeeded: 1 })
    expect(conditions(cluster)).toEqual([
      ['Suspended', 'False', 'JobResumed'],
      ['Complete', 'True', undefined],
    ])
    expect(cluster.events('batch').filter((event) => /^(?:Suspended|Resumed)/.test(event))).toEqual([
      'Suspended: Job suspended',
      'Resumed: Job resumed',
    ])
  })
})

describe('an Indexed Job', () => {
  it('has one success for each index', async () => {
    const cluster = await start({ minor: 30 })
    await cluster.create('jobs.batch', batch({ completionMode: 'Indexed', completions: 4, parallelism: 2 }))
    await cluster.seconds(2)
    expect(cluster.pods().map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'])).toEqual(['0', '1'])
    expect(cluster.pods()[1]?.spec.hostname).toBe('batch-1')
    expect(cluster.pods()[1]?.metadata.name).toMatch(/^batch-1-/)
    await cluster.seconds(60)
    expect(job(cluster).status).toMatchObject({ succeeded: 4, completedIndexes: '0-3' })
  })
})

describe('ttlSecondsAfterFinished', () => {
  it.each([
    { minor: 20, left: 1 },
    { minor: 21, left: 0 },
  ])('in 1.$minor leaves $left', async ({ minor, left }) => {
    const cluster = await start({ minor })
    await cluster.create('jobs.batch', batch({ ttlSecondsAfterFinished: 10 }))
    await cluster.seconds(15)
    expect(cluster.store.count('jobs.batch')).toBe(1)
    await cluster.seconds(10)
    const alive = cluster.store.list('jobs.batch').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    expect(alive).toHaveLength(left)
  })
})
