import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { ContainerFacts, PodFacts } from '../kubernetes/pod-facts.ts'

/** A condition's message may hold 32 KiB; a person reads the first lines of it. */
const maximumCharacters = 900

/**
 * Says why a Job failed: node, reason, exit code and the last log lines, cut to fit. The first part is word for word what a
 * system-upgrade-controller v0.20 says, as alerts match on it.
 */
export function failureMessage(input: {
  job: JobFacts
  node: string
  pods: readonly PodFacts[]
  log: string
  /** The condition's message so far: it may know why the Job was stuck when its pod is gone already. */
  previous: string
}): string {
  const { job, node } = input
  const head = `Job ${job.namespace}/${job.name} failed on Node ${node}: ${job.end?.reason ?? ''}: ${job.end?.message ?? ''}`
  const container = failedContainer(input.pods)
  const story = container === undefined ? stuckBefore(input.previous, job, head) : exitStory(container)
  const lines = input.log.trim()
  const withStory = story === '' ? head : `${head}; ${story}`
  if (lines === '') return withStory.slice(0, maximumCharacters)
  const room = Math.max(maximumCharacters - withStory.length - 14, 80)
  const tail = lines.length <= room ? lines : `…${lines.slice(lines.length - room + 1)}`
  return `${withStory}; last lines: ${tail}`
}

/** The container that ended badly, of the pod that ended last in the list. */
function failedContainer(pods: readonly PodFacts[]): ContainerFacts | undefined {
  return pods.flatMap((p) => p.containers).findLast((c) => c.state === 'Terminated' && c.exitCode !== 0)
}

function exitStory(container: ContainerFacts): string {
  const reason = container.reason === '' || container.reason === 'Error' ? '' : ` (${container.reason})`
  return `container ${container.name} exited with code ${container.exitCode ?? '?'}${reason}`
}

/** What was said while the Job waited, or is said since it failed: a decision that is made again tells the same. */
function stuckBefore(previous: string, job: JobFacts, head: string): string {
  const told = toldBefore(previous, job)
  if (told !== undefined) return `before that ${told.slice(stuckPrefix(job).length)}`
  const failed = `${head}; `
  const start = previous.indexOf(`${failed}before that `)
  return start < 0 ? '' : (previous.slice(start + failed.length).split(/; (?=last lines: |Job |Node |and \d+ more$)/)[0] ?? '')
}

/** What a condition's message says of one Job that waits, if it does; it may speak of other nodes before and after. */
export function toldBefore(previous: string, job: JobFacts): string | undefined {
  const start = previous.indexOf(stuckPrefix(job))
  return start < 0 ? undefined : previous.slice(start).split(/; (?=Job |Node |and \d+ more$)/)[0]
}

function stuckPrefix(job: JobFacts): string {
  return `Job ${job.namespace}/${job.name} waits: `
}

/** Whether a container waits for something that does not pass by itself, rather than to be started in a moment. */
export function isStuck(container: ContainerFacts): boolean {
  return container.state === 'Waiting' && stuckReasons.test(container.reason)
}

const stuckReasons = /^(ErrImage|ImagePull|InvalidImage|CreateContainer|RunContainer|RegistryUnavailable|ImageInspect|CrashLoop)/

/**
 * Says why a Job that is at work does not get on (an image that cannot be pulled, no room on its node), or nothing. `previous` is kept while
 * kubelet changes between two reasons for the same thing, and while there is no pod to ask: those of a Job past its deadline go before it
 * is said to have failed.
 */
export function stuckMessage(job: JobFacts, node: string, pods: readonly PodFacts[], previous: string): string | undefined {
  const prefix = stuckPrefix(job)
  const present = pods.filter((pod) => pod.deletionAtMs === undefined)
  if (present.length === 0) return toldBefore(previous, job)
  for (const pod of present) {
    const container = pod.containers.find(isStuck)
    if (container !== undefined) {
      const what = /^(ErrImage|ImagePull)/.test(container.reason) ? 'its image cannot be pulled' : container.reason
      const start = `${prefix}container ${container.name} on Node ${node}: ${what}`
      const told = toldBefore(previous, job)
      return told?.startsWith(start) ? told : `${start} (${(container.message || container.reason).slice(0, 300)})`
    }
    if (pod.unschedulableMessage !== undefined)
      return `${prefix}its pod does not fit on Node ${node}: ${pod.unschedulableMessage.slice(0, 300)}`
  }
  return undefined
}

/** A Job controller makes the pod of a new Job within seconds; after so many ms somebody has refused it. */
const podAfterMs = 30_000

/** A Job that has got no pod. */
export interface PodlessJob {
  readonly message: string
  /** From when on that is told, epoch milliseconds. */
  readonly sinceMs: number
}

/**
 * What there is to say of a Job of which no pod was ever made: what keeps it is told in its events alone, as the Job controller is the one
 * who is refused. `undefined` while it has pods, has had some, or nobody may see pods.
 */
export function podlessJob(job: JobFacts, node: string, pods: readonly PodFacts[] | undefined): PodlessJob | undefined {
  const began = job.active + job.succeeded + job.failed > 0 || job.end !== undefined
  if (pods === undefined || pods.length > 0 || began || job.suspend || job.parallelism === 0) return undefined
  const look = `kubectl --namespace ${job.namespace} describe job ${job.name}`
  const why = 'PodSecurity (label pod-security.kubernetes.io/enforce), a quota or a webhook may refuse it'
  return {
    message: `${stuckPrefix(job)}no pod of it has been created for Node ${node}: ${why}; ${look} tells`,
    sinceMs: job.createdAtMs + podAfterMs,
  }
}
