import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../../kube-object.ts'
import { startCluster, type WorkloadCluster, type WorkloadClusterOptions } from '../workload-cluster.test-support.ts'
import type { CronJobObject } from '../workload-objects.ts'

const start = (options: WorkloadClusterOptions = {}) => startCluster({ minor: 30, readySeconds: 1, ...options })

/** Every minute; its pods run for `after` seconds. The cluster starts at 10:00:00. */
function tick(spec: object = {}, after = 5): DraftObject {
  const template = {
    metadata: { annotations: { 'exit-after': String(after) } },
    spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'i' }] },
  }
  return { metadata: { name: 'tick' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template } }, ...spec } }
}

const cronJob = (cluster: WorkloadCluster) => cluster.get<CronJobObject>('cronjobs.batch', 'tick')
const jobNames = (cluster: WorkloadCluster) => cluster.store.list('jobs.batch', 'default').map(({ metadata }) => metadata.name)

describe('a CronJob', () => {
  it('starts a Job at each of its times and keeps the last three that succeeded', async () => {
    const cluster = await start()
    await cluster.create('cronjobs.batch', tick({ successfulJobsHistoryLimit: 3 }))
    await cluster.seconds(59)
    expect(jobNames(cluster)).toEqual([])
    await cluster.seconds(3)
    expect(jobNames(cluster)).toEqual(['tick-29920921'])
    expect(cronJob(cluster).status).toMatchObject({
      lastScheduleTime: '2026-11-21T10:01:00Z',
      active: [{ kind: 'Job', name: 'tick-29920921' }],
    })
    await cluster.seconds(5 * 60)
    expect(cluster.failures).toEqual([])
    expect(jobNames(cluster)).toEqual(['tick-29920923', 'tick-29920924', 'tick-29920925', 'tick-29920926'])
    expect(cronJob(cluster).status).toMatchObject({ lastScheduleTime: '2026-11-21T10:06:00Z', lastSuccessfulTime: '2026-11-21T10:05:06Z' })
    expect(cluster.events('tick')).toContain('SawCompletedJob: Saw completed job: tick-29920921, status: Complete')
  })

  it.each([
    { concurrencyPolicy: 'Allow', jobs: ['tick-29920921', 'tick-29920922'], event: 'Created job tick-29920922' },
    { concurrencyPolicy: 'Forbid', jobs: ['tick-29920921'], event: 'Not starting job because prior execution is running' },
    { concurrencyPolicy: 'Replace', jobs: ['tick-29920922'], event: 'Deleted job tick-29920921' },
  ])('with concurrencyPolicy $concurrencyPolicy has $jobs when one takes too long', async ({ concurrencyPolicy, jobs, event }) => {
    const cluster = await start()
    await cluster.create('cronjobs.batch', tick({ concurrencyPolicy }, 1000))
    await cluster.seconds(130)
    expect(jobNames(cluster)).toEqual(jobs)
    expect(cluster.events('tick').some((line) => line.includes(event))).toBe(true)
  })

  it('starts nothing while it is suspended, and then one Job for all that it missed', async () => {
    const cluster = await start()
    await cluster.create('cronjobs.batch', tick({ suspend: true }))
    await cluster.seconds(10 * 60 + 30)
    expect(jobNames(cluster)).toEqual([])
    await cluster.changeSpec('cronjobs.batch', 'tick', { suspend: false })
    await cluster.seconds(2)
    expect(jobNames(cluster)).toEqual(['tick-29920930'])
  })

  it('does not start what is later than its deadline', async () => {
    const cluster = await start()
    await cluster.create('cronjobs.batch', tick({ suspend: true, startingDeadlineSeconds: 20 }))
    await cluster.seconds(90)
    await cluster.changeSpec('cronjobs.batch', 'tick', { suspend: false })
    await cluster.seconds(2)
    expect(jobNames(cluster)).toEqual([])
    await cluster.seconds(30)
    expect(jobNames(cluster)).toEqual(['tick-29920922'])
  })

  it('names its Jobs by the second before 1.21', async () => {
    const cluster = await start({ minor: 20 })
    await cluster.create('cronjobs.batch', tick())
    await cluster.seconds(62)
    expect(jobNames(cluster)).toEqual([`tick-${Date.parse('2026-11-21T10:01:00Z') / 1000}`])
  })

  it('says what of its schedule cannot be read', async () => {
    const cluster = await start()
    await cluster.create('cronjobs.batch', tick({ schedule: 'TZ=Nowhere/Else * * * * *' }))
    await cluster.seconds(2)
    expect(cluster.events('tick')[0]).toMatch(/^UnparseableSchedule: unparseable schedule: TZ=Nowhere\/Else/)
    expect(cluster.failures).toEqual([])
  })
})
