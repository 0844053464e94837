import type { JobStatus } from 'kubernetes-types/batch/v1'
import { selectorProblem } from '../../../../core/kubernetes/label-selector.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import type { Change } from '../../../store/object-store.ts'
import type { ObjectKey } from '../../../twin-client.ts'
import { Claimant } from '../claimant.ts'
import { controllerOf } from '../controller-reference.ts'
import { ownerKeys } from '../owner-keys.ts'
import { isStatus, PodControl } from '../pod-control.ts'
import { slowStart } from '../slow-start.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import { selectorOf } from '../workload-selector.ts'
import { writeStatus } from '../write-status.ts'
import { decideJob, type JobDecision } from './decide-job.ts'
import type { IndexFailures } from './index-failures.ts'
import { JobBackoff } from './job-backoff.ts'
import { deadlineInMs } from './job-end.ts'
import type { JobIndexes } from './job-indexes.ts'
import { jobPod, jobs } from './job-pod.ts'
import { isFinished, type JobRules, jobRules } from './job-rules.ts'
import { isTracked, type JobTally, jobTally, untracked } from './job-tally.ts'

/** In front of the key of a pod that no Job counts any more. */
const lostPod = 'pod '

/** Runs the pods of a Job until it is done. */
export class JobController implements Controller {
  readonly name = 'job-controller'
  readonly watches: readonly Watch[]
  readonly #context: WorkloadContext
  readonly #claimant: Claimant
  readonly #podControl: PodControl
  readonly #backoff = new JobBackoff()

  constructor(context: WorkloadContext) {
    const { client, pods } = context
    this.#context = context
    this.#claimant = new Claimant({ client, resource: 'pods', objects: pods, owner: jobs })
    this.#podControl = new PodControl(client, this.name)
    this.watches = [
      { resource: jobs.resource, keysOf: (change) => this.#jobKeys(change) },
      { resource: 'pods', keysOf: (change) => this.#podKeys(change) },
    ]
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { client, minor } = this.#context
    if (key.startsWith(lostPod)) return this.#release(keyOf(key.slice(lostPod.length)))
    const { namespace, name } = keyOf(key)
    const stored = client.store.get(jobs.resource, namespace, name)
    const selector = stored === undefined ? undefined : selectorOf(stored)
    if (stored === undefined || selector === undefined || selectorProblem(selector) !== undefined) return undefined
    const job = as<JobObject>(stored)
    const rules = jobRules(job, minor)
    if (rules.isManagedElsewhere) return undefined
    if (isFinished(job)) return this.#releaseAll(job)
    const pods = (await this.#claimant.claim(job, selector)).map((pod) => as<PodObject>(pod))
    return this.#sync(job, pods, rules)
  }

  async #sync(job: JobObject, pods: readonly PodObject[], rules: JobRules): Promise<Wake | undefined> {
    const { clock, minor } = this.#context
    const nowMs = clock.now()
    const tally = jobTally(job, pods, rules)
    const waitMs = this.#waitMs(job, tally, { rules, nowMs })
    const deadlineMs = deadlineInMs(job, job.status?.startTime, nowMs) ?? Number.POSITIVE_INFINITY
    if (waitMs > 0 && deadlineMs > 0 && !rules.delaysNewPods) return { afterMs: Math.min(waitMs, deadlineMs) }
    const decision = decideJob({ job, pods, tally, rules, nowMs, minor, newPodInMs: waitMs })
    const counted = await this.#count(job, tally)
    await this.#carryOut(job, decision, { rules, indexes: tally.indexes })
    await this.#writeStatus(counted, decision.status, rules)
    for (const { type, reason, message } of decision.news) {
      await this.#context.client.event({ about: job, type, reason, message, component: this.name })
    }
    return decision.wakeInMs === undefined ? undefined : { afterMs: decision.wakeInMs }
  }

  /** Where each index may fail so often, each waits by itself. */
  #waitMs({ metadata, status }: JobObject, tally: JobTally, { rules, nowMs }: { rules: JobRules; nowMs: number }): number {
    if (rules.limitsEachIndex) return 0
    const counts = {
      failed: tally.failed,
      knownFailed: status?.failed ?? 0,
      succeeded: tally.succeeded,
      knownSucceeded: status?.succeeded ?? 0,
    }
    return rules.delaysNewPods
      ? this.#backoff.newPodInMs(metadata.uid, counts, nowMs)
      : this.#backoff.noticeInMs(metadata.uid, counts, nowMs)
  }

  /** First it is written down which pods are to be counted, then they are let go: so none is lost and none counted twice. */
  async #count(job: JobObject, { released, uncounted }: JobTally): Promise<JobObject> {
    if (released.length === 0) return job
    const noted = as<JobObject>(await writeStatus(this.#context.client, jobs.resource, job, { uncountedTerminatedPods: uncounted }))
    for (const pod of released) await this.#release(pod.metadata)
    return noted
  }

  async #carryOut(
    job: JobObject,
    decision: JobDecision,
    { rules, indexes }: { rules: JobRules } & Pick<JobTally, 'indexes'>,
  ): Promise<void> {
    const { minor } = this.#context
    const results = await Promise.allSettled(decision.delete.map((pod) => this.#podControl.delete(job, pod)))
    const refused = results.find((result) => result.status === 'rejected')
    if (refused !== undefined) throw refused.reason
    const failure = await slowStart(decision.create.length, (at) => {
      const index = decision.create[at]
      const part = index === undefined ? {} : { index, ...failuresOf(index, rules, indexes) }
      return this.#podControl.create(job, jobPod(job, { tracked: rules.tracksPods, minor, ...part }))
    })
    if (failure !== undefined) throw failure
  }

  async #writeStatus(job: JobObject, status: JobStatus, rules: JobRules): Promise<void> {
    if (!tellsMore(status, job.status)) return
    const conditions = status.conditions?.length === 0 ? undefined : status.conditions
    const uncounted = rules.tracksPods ? { uncountedTerminatedPods: {} } : {}
    await writeStatus(this.#context.client, jobs.resource, job, { ...status, conditions, ...uncounted })
  }

  async #releaseAll(job: JobObject): Promise<undefined> {
    this.#backoff.forget(job.metadata.uid)
    for (const pod of this.#context.pods.controlledBy(job.metadata.uid)) {
      if (isTracked(pod)) await this.#release(pod.metadata)
    }
    return undefined
  }

  async #release({ namespace, name }: ObjectKey): Promise<undefined> {
    try {
      await this.#context.client.change('pods', { namespace, name }, untracked)
    } catch (error) {
      if (!isStatus(error, 404)) throw error
    }
    return undefined
  }

  /** With a Job that is gone go the finalizers of its pods. */
  #jobKeys({ kind, object }: Change): readonly string[] {
    if (kind !== 'Deleted') return [nameOf(object)]
    this.#backoff.forget(object.metadata.uid)
    const tracked = this.#context.pods.controlledBy(object.metadata.uid).filter(isTracked)
    return [nameOf(object), ...tracked.map((pod) => lostPod + nameOf(pod))]
  }

  #podKeys(change: Change): readonly string[] {
    const { client } = this.#context
    const { kind, object } = change
    const keys = ownerKeys(change, jobs, selectorOf, client.store)
    if (kind === 'Deleted' || !isTracked(object)) return keys
    const owner = controllerOf(object)
    const job = owner?.kind === 'Job' ? client.store.get(jobs.resource, object.metadata.namespace, owner.name) : undefined
    return job !== undefined && job.metadata.uid === owner?.uid ? keys : [...keys, lostPod + nameOf(object)]
  }
}

function failuresOf(index: number, rules: JobRules, indexes: JobIndexes | undefined): { readonly failures?: IndexFailures } {
  if (!rules.limitsEachIndex) return {}
  return { failures: indexes?.waiting.get(index)?.failures ?? { counted: 0, ignored: 0 } }
}

/** A start alone is not written down: a Job that runs nothing has none, as long as nothing else is to be told of it. */
function tellsMore(next: JobStatus, old: JobStatus | undefined): boolean {
  const counted = ({ active = 0, succeeded = 0, failed = 0, ready, terminating, uncountedTerminatedPods, ...status }: JobStatus) => {
    const uncounted = [uncountedTerminatedPods?.succeeded ?? [], uncountedTerminatedPods?.failed ?? []]
    const indexes = [status.completedIndexes, status.failedIndexes]
    return { active, succeeded, failed, ready, terminating, indexes, uncounted }
  }
  const before = old ?? {}
  return !sameJson([counted(next), next.conditions ?? []], [counted(before), before.conditions ?? []])
}
