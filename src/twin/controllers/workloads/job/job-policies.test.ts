import { describe, expect, it } from 'vitest'
import { startCluster, type WorkloadCluster } from '../workload-cluster.test-support.ts'
import type { JobObject } from '../workload-objects.ts'

const failureCount = 'batch.kubernetes.io/job-index-failure-count'

/** An Indexed Job whose pods run for `after` seconds; `codes` are the exit codes by index, 0 unless told. */
async function run(minor: number, spec: object, codes: Readonly<Record<number, number>> = {}, after = 1): Promise<WorkloadCluster> {
  const cluster = await startCluster({ readySeconds: 1, minor })
  const exits = Object.fromEntries(Object.entries(codes).map(([index, code]) => [`exit-code-${index}`, String(code)]))
  await cluster.create('jobs.batch', {
    metadata: { name: 'batch' },
    spec: {
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 4,
      ...spec,
      template: {
        metadata: { annotations: { 'exit-after': String(after), ...exits } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
      },
    },
  })
  return cluster
}

const job = (cluster: WorkloadCluster) => cluster.get<JobObject>('jobs.batch', 'batch')
const ends = (cluster: WorkloadCluster) =>
  (job(cluster).status?.conditions ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
const finalizers = (cluster: WorkloadCluster) => cluster.pods().flatMap(({ metadata }) => metadata.finalizers ?? [])
const podsOf = (cluster: WorkloadCluster, index: number) =>
  cluster.pods().filter(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'] === String(index))

describe.each([29, 33])('backoffLimitPerIndex in 1.%i', (minor) => {
  it('lets the other indexes go on, and fails when all of them are done', async () => {
    const cluster = await run(minor, { backoffLimitPerIndex: 1 }, { 1: 3 })
    expect(job(cluster).spec.backoffLimit).toBe(2_147_483_647)
    await cluster.seconds(8)
    // nothing waits for the failed index, which is tried again after ten seconds, and not told as long as that lasts
    expect(job(cluster).status).toMatchObject({ succeeded: 3, completedIndexes: '0,2,3', failedIndexes: '' })
    expect(job(cluster).status?.active ?? 0).toBe(0)
    expect(job(cluster).status?.failed ?? 0).toBe(0)
    expect(podsOf(cluster, 1)).toHaveLength(1)
    await cluster.seconds(30)
    expect(cluster.failures).toEqual([])
    expect(podsOf(cluster, 1).map(({ metadata }) => metadata.annotations?.[failureCount])).toEqual(expect.arrayContaining(['0', '1']))
    expect(job(cluster).status).toMatchObject({ succeeded: 3, failed: 2, completedIndexes: '0,2,3', failedIndexes: '1' })
    expect(ends(cluster)).toEqual([
      ...(minor >= 31 ? ['FailureTarget FailedIndexes: Job has failed indexes'] : []),
      'Failed FailedIndexes: Job has failed indexes',
    ])
    expect(cluster.events('batch')).toContain('FailedIndexes: Job has failed indexes')
    expect(finalizers(cluster)).toEqual([])
  })

  it('waits 10 s, 20 s, 40 s between the tries of an index', async () => {
    const cluster = await run(minor, { backoffLimitPerIndex: 3, completions: 1 }, { 0: 1 })
    const counts: (number | string | undefined)[] = []
    for (const seconds of [5, 10, 22, 42]) {
      await cluster.seconds(seconds)
      counts.push(podsOf(cluster, 0).length)
    }
    expect(counts).toEqual([1, 2, 3, 4])
    expect(job(cluster).status).toMatchObject({ failed: 4, failedIndexes: '0' })
  })

  it('ends all when more have failed than may', async () => {
    const cluster = await run(minor, { backoffLimitPerIndex: 0, maxFailedIndexes: 1, completions: 8, parallelism: 1 }, { 0: 1, 2: 1 })
    await cluster.seconds(60)
    const why = 'MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes'
    expect(ends(cluster)).toContain(`Failed ${why}`)
    expect(job(cluster).status).toMatchObject({ succeeded: 1, failed: 2, completedIndexes: '1', failedIndexes: '0,2' })
    expect(cluster.pods()).toHaveLength(3)
    expect(finalizers(cluster)).toEqual([])
  })

  it('gives up an index at once where the pod failure policy says so', async () => {
    const podFailurePolicy = { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [42] } }] }
    const cluster = await run(minor, { backoffLimitPerIndex: 5, podFailurePolicy }, { 2: 42 })
    await cluster.seconds(60)
    expect(podsOf(cluster, 2)).toHaveLength(1)
    expect(job(cluster).status).toMatchObject({ succeeded: 3, failed: 1, failedIndexes: '2' })
  })

  it('goes on with an index whose pod is evicted', async () => {
    const cluster = await run(minor, { backoffLimitPerIndex: 2, completions: 1, parallelism: 1 }, {}, 8)
    await cluster.seconds(2)
    const [pod] = cluster.pods()
    await cluster.client.delete('pods', { namespace: 'default', name: pod?.metadata.name ?? '' })
    await cluster.seconds(60)
    expect(job(cluster).status).toMatchObject({ succeeded: 1, failed: 1, completedIndexes: '0' })
    expect(cluster.pods().map(({ metadata }) => metadata.annotations?.[failureCount])).toEqual(['1'])
  })
})

describe('before 1.29', () => {
  it('backoffLimitPerIndex is not there', async () => {
    const cluster = await run(28, { backoffLimitPerIndex: 0, maxFailedIndexes: 0 }, { 1: 1 })
    expect(job(cluster).spec).not.toHaveProperty('backoffLimitPerIndex')
    expect(job(cluster).spec.backoffLimit).toBe(6)
    await cluster.seconds(20)
    expect(ends(cluster)).toEqual([])
    expect(job(cluster).status).not.toHaveProperty('failedIndexes')
  })
})

describe('a success policy', () => {
  it.each([
    { what: 'so many', rules: [{ succeededCount: 2 }], done: '2,3' },
    { what: 'some', rules: [{ succeededIndexes: '2-3' }], done: '2,3' },
    { what: 'so many of some', rules: [{ succeededCount: 2, succeededIndexes: '1-3' }], done: '2,3' },
  ])('is content with $what indexes', async ({ rules, done }) => {
    const cluster = await run(31, { successPolicy: { rules } }, { 0: 1, 1: 1 })
    await cluster.seconds(60)
    expect(job(cluster).status).toMatchObject({ succeeded: 2, completedIndexes: done, completionTime: expect.any(String) })
    expect(ends(cluster)).toEqual([
      'SuccessCriteriaMet SuccessPolicy: Matched rules at index 0',
      'Complete SuccessPolicy: Matched rules at index 0',
    ])
    expect(finalizers(cluster)).toEqual([])
  })

  it('ends what still runs, which is no failure of the Job', async () => {
    const cluster = await run(33, { completions: 2, backoffLimit: 0, successPolicy: { rules: [{ succeededIndexes: '0' }] } }, {}, 1000)
    await cluster.seconds(5)
    const [first] = podsOf(cluster, 0)
    await cluster.nodes.finish(first?.metadata.name ?? '', 'Succeeded')
    await cluster.seconds(20)
    expect(podsOf(cluster, 1)).toEqual([])
    expect(ends(cluster).at(-1)).toBe('Complete SuccessPolicy: Matched rules at index 0')
  })

  it('is not there before 1.31', async () => {
    const cluster = await run(30, { successPolicy: { rules: [{ succeededCount: 1 }] } })
    await cluster.seconds(20)
    expect(job(cluster).status).toMatchObject({ succeeded: 4 })
    expect(ends(cluster)).toEqual(['Complete undefined: undefined'])
  })
})

describe('managedBy', () => {
  it.each([
    { managedBy: 'example.com/other', minor: 32, pods: 0 },
    { managedBy: 'kubernetes.io/job-controller', minor: 32, pods: 4 },
    { managedBy: 'example.com/other', minor: 31, pods: 4 },
  ])('$managedBy in 1.$minor makes $pods pods', async ({ managedBy, minor, pods }) => {
    const cluster = await run(minor, { managedBy })
    await cluster.seconds(10)
    expect(cluster.pods()).toHaveLength(pods)
    expect(job(cluster).status?.startTime !== undefined).toBe(pods > 0)
  })
})

describe('a pod failure policy that ends the Job', () => {
  it.each([26, 33])('is announced in 1.%i', async (minor) => {
    const podFailurePolicy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] }
    const cluster = await run(minor, { completions: 1, podFailurePolicy }, { 0: 42 })
    await cluster.seconds(20)
    expect((job(cluster).status?.conditions ?? []).map(({ type }) => type)).toEqual(['FailureTarget', 'Failed'])
  })
})

describe('completions of an Indexed Job that change with parallelism', () => {
  const resize = (cluster: WorkloadCluster, count: number) =>
    cluster.changeSpec('jobs.batch', 'batch', { completions: count, parallelism: count })

  it('smaller: pods of the indexes that are no more are deleted, the others go on to the end', async () => {
    const cluster = await run(31, {}, {}, 20)
    await cluster.seconds(5)
    expect(cluster.pods()).toHaveLength(4)
    await resize(cluster, 2)
    await cluster.seconds(8)
    const live = cluster.livePods().map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'])
    expect(live.sort()).toEqual(['0', '1'])
    await cluster.seconds(40)
    expect(job(cluster).status).toMatchObject({ succeeded: 2, completedIndexes: '0,1' })
    expect(cluster.failures).toEqual([])
  })

  it('larger: the new indexes are begun with', async () => {
    const cluster = await run(31, {}, {}, 20)
    await cluster.seconds(5)
    await resize(cluster, 5)
    await cluster.seconds(40)
    expect(job(cluster).status).toMatchObject({ succeeded: 5, completedIndexes: '0-4' })
  })
})
