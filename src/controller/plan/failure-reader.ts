import { pods as podResource, secrets } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { type PodFacts, podFacts } from '../../core/kubernetes/pod-facts.ts'
import { maskSecrets } from '../../core/plan/mask-secrets.ts'
import type { FailureFacts } from '../../core/plan/plan-facts.ts'
import type { PlanSpec } from '../../core/plan/plan-spec.ts'
import type { Shell } from '../shell.ts'

/** As much of a log as a condition can use. */
const tailLines = 20
const limitBytes = 16_384

/** What a Job runs and mounts. */
export type JobContainers = Pick<PlanSpec, 'upgrade' | 'prepare' | 'secrets'>

/**
 * Reads why a Job failed: the last log lines of the container that failed, with the values of Secrets that its pods were given masked. Never throws: what
 * cannot be read is said in the log's place.
 */
export async function readFailure(
  shell: Shell,
  containers: JobContainers,
  jobName: string,
  known: readonly PodFacts[] | undefined,
): Promise<FailureFacts> {
  try {
    const pods = known !== undefined && known.length > 0 ? known : await podsOfJob(shell, jobName)
    const pod = pods.findLast((p) => failedContainer(p) !== undefined)
    const container = pod === undefined ? undefined : failedContainer(pod)
    if (pod === undefined || container === undefined) return { log: '' }
    const text = await shell.client.logs(pod.namespace, pod.name, container, { tailLines, limitBytes })
    const values = await secretValues(shell, containers)
    return { log: maskSecrets(lastLines(values.length === 0 ? text : wholeLines(text)), values) }
  } catch (error) {
    return { log: `(its log cannot be read: ${error instanceof Error ? error.message : String(error)})` }
  }
}

function failedContainer(pod: PodFacts): string | undefined {
  return pod.containers.findLast((c) => c.state === 'Terminated' && c.exitCode !== 0)?.name
}

async function podsOfJob({ client, namespace }: Shell, jobName: string): Promise<readonly PodFacts[]> {
  const { items } = await client.list<KubeObject>(podResource, { namespace, labelSelector: `job-name=${jobName}` })
  return items.map(podFacts)
}

/** A line that the limit cuts off may end in half a secret, which no mask would find. */
function wholeLines(text: string): string {
  return Buffer.byteLength(text) < limitBytes ? text : text.slice(0, text.lastIndexOf('\n') + 1)
}

function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-tailLines).join('\n')
}

/** Everything that the Job's pods could have printed although it is secret. */
async function secretValues(
  { client, namespace }: Shell,
  { upgrade, prepare, secrets: named = [] }: JobContainers,
): Promise<readonly string[]> {
  const references = [upgrade, ...(prepare === undefined ? [] : [prepare])]
  const names = new Set([
    ...named.map((s) => s.name),
    ...references.flatMap((c) => (c.envs ?? []).map((e) => e.valueFrom?.secretKeyRef?.name)),
    ...references.flatMap((c) => (c.envFrom ?? []).map((e) => e.secretRef?.name)),
  ])
  const found = await Promise.all(
    [...names]
      .filter((n) => n !== undefined)
      .map((name) => client.find<KubeObject & { data?: Record<string, string> }>(secrets, { namespace, name })),
  )
  return found.flatMap((s) => Object.values(s?.data ?? {})).map((v) => Buffer.from(v, 'base64').toString('utf8'))
}
