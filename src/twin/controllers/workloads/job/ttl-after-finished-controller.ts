import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import type { Controller, Wake, Watch } from '../../../control-loop/controller.ts'
import { as } from '../../../kube-object.ts'
import { keyOf, nameOf } from '../../../object-key.ts'
import type { WorkloadContext } from '../workload-context.ts'
import type { JobObject } from '../workload-objects.ts'
import { jobs } from './job-pod.ts'
import { isFinished } from './job-rules.ts'

/** Deletes Jobs some time after their end, if they say so; from 1.21. Source: Kubernetes documentation, TTL mechanism for finished Jobs. */
export class TtlAfterFinishedController implements Controller {
  readonly name = 'ttl-after-finished-controller'
  readonly watches: readonly Watch[] = [
    { resource: jobs.resource, keysOf: ({ kind, object }) => (kind === 'Deleted' ? [] : [nameOf(object)]) },
  ]
  readonly #context: WorkloadContext

  constructor(context: WorkloadContext) {
    this.#context = context
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { client, clock } = this.#context
    const { namespace, name } = keyOf(key)
    const stored = client.store.get(jobs.resource, namespace, name)
    if (stored === undefined || stored.metadata.deletionTimestamp !== undefined) return undefined
    const dueMs = expiresAtMs(as<JobObject>(stored))
    if (dueMs === undefined) return undefined
    if (dueMs > clock.now()) return { afterMs: dueMs - clock.now() }
    await client.delete(jobs.resource, { namespace, name }, { propagationPolicy: 'Foreground', uid: stored.metadata.uid })
    return undefined
  }
}

/** When a finished Job may go, epoch ms; `undefined` when it runs or is to stay. */
function expiresAtMs(job: JobObject): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec
  if (ttlSecondsAfterFinished === undefined || !isFinished(job)) return undefined
  const end = (job.status?.conditions ?? []).find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')
  const endMs = epochMs(end?.lastTransitionTime)
  return endMs === undefined ? undefined : endMs + ttlSecondsAfterFinished * 1000
}
