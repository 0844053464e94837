import type { Job, JobSpec } from 'kubernetes-types/batch/v1.js'
import { parseGoDuration } from './go-duration.ts'
import { taggedImage } from './image-reference.ts'
import { jobDeadlineSeconds, jobTtlSeconds } from './job-deadline.ts'
import { isWindows, type JobInput } from './job-input.ts'
import { jobMetadata } from './job-metadata.ts'
import { jobPodTemplate } from './job-pod.ts'

/** A Job and what its author may want to know, or why there can be none. */
export type BuiltJob =
  | { readonly kind: 'Job'; readonly job: Job; readonly warnings: readonly string[] }
  | { readonly kind: 'Refused'; readonly reason: 'ValidationFailed'; readonly message: string }

/**
 * Builds the Job that upgrades one node, as a system-upgrade-controller v0.20 would, so that each takes the other's Jobs over.
 * The annotation `objectset.rio.cattle.io/applied` is missing: it is compressed, which the shell does.
 */
export function buildJob(input: JobInput): BuiltJob {
  const problem = jobProblem(input)
  if (problem !== undefined) {
    return { kind: 'Refused', reason: 'ValidationFailed', message: `Failed to create job for node ${input.node.name}: ${problem}` }
  }
  const spec = jobSpec(input)
  const job: Job = { apiVersion: 'batch/v1', kind: 'Job', metadata: jobMetadata(input, spec), spec }
  return { kind: 'Job', job, warnings: jobWarnings(input) }
}

function jobSpec(input: JobInput): JobSpec {
  const { plan, settings } = input
  const activeDeadlineSeconds = jobDeadlineSeconds(plan.spec, settings)
  const podReplacementPolicy = settings.jobPodReplacementPolicy
  return {
    completions: 1,
    parallelism: input.applying ? 1 : 0,
    backoffLimit: settings.jobBackoffLimit,
    ...(podReplacementPolicy ? { podReplacementPolicy } : {}),
    ttlSecondsAfterFinished: jobTtlSeconds(plan.spec, settings),
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
    template: jobPodTemplate(input),
  }
}

/** What `validatePlan` cannot see: it knows neither the node nor the settings. */
function jobProblem({ node, settings, drainBy, latestVersion, latestHash }: JobInput): string | undefined {
  if (latestVersion === '' || latestHash === '') return 'the Plan has no resolved version yet'
  if (isWindows(node) && settings.kubectlImageWindows === '' && drainBy === 'Job') {
    return 'SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE_WINDOWS is required when targeting Windows nodes'
  }
  return undefined
}

function jobWarnings({ plan, latestVersion, settings, drainBy }: JobInput): string[] {
  const { upgrade, prepare, drain } = plan.spec
  const images = [['spec.upgrade', upgrade] as const, ['spec.prepare', prepare] as const].flatMap(([field, container]) => {
    const problem = container === undefined ? undefined : taggedImage(container.image, latestVersion).problem
    return problem === undefined ? [] : [`${field}: ${problem}`]
  })
  const deadlineSeconds = jobDeadlineSeconds(plan.spec, settings)
  const timeoutSeconds = drainBy === 'Job' ? nanoseconds(drain?.timeout) / 1e9 : 0
  if (deadlineSeconds === undefined || timeoutSeconds <= deadlineSeconds) return images
  return [...images, `spec.drain.timeout (${timeoutSeconds} s) is longer than the Job may take (${deadlineSeconds} s)`]
}

function nanoseconds(timeout: string | number | undefined): number {
  return typeof timeout === 'string' ? (parseGoDuration(timeout) ?? 0) : (timeout ?? 0)
}
