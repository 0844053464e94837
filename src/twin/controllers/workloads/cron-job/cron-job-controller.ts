import type { ObjectReference } from 'kubernetes-types/core/v1'
import { apiTime } from '../../../api-time.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as, type KubeObject } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import { jobs as jobKind } from '../job/job-pod.ts'
import { ownerKeys } from '../owner-keys.ts'
import { isNamespaceTerminating, isStatus, messageOf } from '../pod-control.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { CronJobObject, JobObject } from '../workload-objects.ts'
import { writeStatus } from '../write-status.ts'
import { type CronSchedule, cronSchedule, isTimeZone } from './cron-schedule.ts'
import { type CronDecision, type CronNews, cronBook, decideCronJob } from './decide-cron-job.ts'
import { surplusJobs } from './job-history.ts'
import { cronJobs, scheduledJob } from './scheduled-job.ts'

/** Starts the Jobs of CronJobs at their times. */
export class CronJobController implements Controller {
  readonly name = 'cronjob-controller'
  readonly watches: readonly Watch[]
  readonly #context: WorkloadContext

  constructor(context: WorkloadContext) {
    this.#context = context
    // Jobs are never adopted
    const nobody = () => undefined
    this.watches = [
      { resource: cronJobs.resource, keysOf: ({ object }) => [nameOf(object)] },
      { resource: jobKind.resource, keysOf: (change) => ownerKeys(change, cronJobs, nobody, context.client.store) },
    ]
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { client, clock, minor, jobs } = this.#context
    const { namespace, name } = keyOf(key)
    const stored = client.store.get(cronJobs.resource, namespace, name)
    if (stored === undefined) return undefined
    const cronJob = as<CronJobObject>(stored)
    const own = jobs.controlledBy(cronJob.metadata.uid).map((job) => as<JobObject>(job))
    const { active, lastSuccessfulTime, news } = cronBook(cronJob, own)
    await this.#tell(cronJob, news)
    const noted = await this.#write(cronJob, { active: listed(active), ...(minor >= 21 ? { lastSuccessfulTime } : {}) })
    for (const job of surplusJobs(cronJob, own)) await this.#delete(cronJob, job.metadata)
    const schedule = await this.#schedule(cronJob)
    if (schedule === undefined) return undefined
    const decision = decideCronJob({ cronJob: noted, active, schedule, nowMs: clock.now(), minor })
    await this.#tell(cronJob, decision.news)
    if (decision.kind === 'Start') await this.#start(noted, active, decision)
    return decision.wakeInMs === undefined ? undefined : { afterMs: decision.wakeInMs }
  }

  /** The user is told of one that cannot be read; then there is nothing to do until it is another. */
  async #schedule(cronJob: CronJobObject): Promise<CronSchedule | undefined> {
    const { schedule, timeZone } = cronJob.spec
    const zone = this.#context.minor >= 25 ? timeZone : undefined
    try {
      return cronSchedule(schedule, zone)
    } catch (error) {
      const [reason, message] =
        zone === undefined || isTimeZone(zone)
          ? ['UnparseableSchedule', `unparseable schedule: ${schedule} : ${messageOf(error)}`]
          : ['UnknownTimeZone', `invalid timeZone: ${JSON.stringify(zone)}: unknown time zone ${zone}`]
      await this.#tell(cronJob, [{ type: 'Warning', reason, message }])
      return undefined
    }
  }

  async #start(cronJob: CronJobObject, active: readonly ObjectReference[], decision: CronDecision & { kind: 'Start' }): Promise<void> {
    const { client, minor } = this.#context
    const { scheduledMs, replace } = decision
    for (const { name = '' } of replace) await this.#delete(cronJob, { namespace: cronJob.metadata.namespace ?? '', name })
    const draft = scheduledJob(cronJob, scheduledMs, minor)
    let job: KubeObject
    try {
      job = await client.create(jobKind.resource, draft)
    } catch (error) {
      // it has been started, but that was not written down
      if (isStatus(error, 409) || isNamespaceTerminating(error)) return
      await this.#tell(cronJob, [{ type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${messageOf(error)}` }])
      throw error
    }
    await this.#tell(cronJob, [{ type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${job.metadata.name}` }])
    const running = [...active.filter((reference) => !replace.includes(reference)), referenceTo(job)]
    await this.#write(cronJob, { active: running, lastScheduleTime: apiTime(scheduledMs) })
  }

  async #delete(cronJob: CronJobObject, { namespace, name }: { namespace?: string; name: string }): Promise<void> {
    await this.#context.client.delete(jobKind.resource, { namespace, name }, { propagationPolicy: 'Background' })
    await this.#tell(cronJob, [{ type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${name}` }])
  }

  async #write(cronJob: CronJobObject, status: object): Promise<CronJobObject> {
    return as<CronJobObject>(await writeStatus(this.#context.client, cronJobs.resource, cronJob, status))
  }

  async #tell(about: KubeObject, news: readonly CronNews[]): Promise<void> {
    for (const event of news) await this.#context.client.event({ about, ...event, component: this.name })
  }
}

function listed(active: readonly ObjectReference[]): readonly ObjectReference[] | undefined {
  return active.length === 0 ? undefined : active
}

function referenceTo({ metadata: { namespace, name, uid, resourceVersion } }: KubeObject): ObjectReference {
  const { apiVersion, kind } = jobKind
  return { kind, ...(namespace === undefined ? {} : { namespace }), name, uid, apiVersion, resourceVersion }
}
