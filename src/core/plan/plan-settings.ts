import { formatGoDuration, parseGoDuration } from './go-duration.ts'

/** What the environment of the controller says about Jobs and Plans. */
export interface PlanSettings {
  /** Seconds a Job may take when its Plan does not say; 0 sets no limit. */
  readonly jobActiveDeadlineSeconds: number
  /** Upper limit for every Job's deadline; 0 sets none. */
  readonly jobActiveDeadlineSecondsMax: number
  readonly jobBackoffLimit: number
  readonly jobImagePullPolicy: string
  readonly kubectlImage: string
  /** Empty: Plans cannot be run on Windows nodes. */
  readonly kubectlImageWindows: string
  readonly jobPrivileged: boolean
  readonly jobTtlSecondsAfterFinish: number
  /** Absent: the API server's default. */
  readonly jobPodReplacementPolicy?: string
  /** How often channels are asked; always more than one minute. */
  readonly planPollingIntervalMs: number
  /** How long a node may take after its Job to be Ready and report the new version. */
  readonly verifyTimeoutMs: number
}

/** What holds without any environment. Source: system-upgrade-controller v0.20; `verifyTimeoutMs` is Falkirk's own. */
export const defaultPlanSettings = {
  jobActiveDeadlineSeconds: 600,
  jobActiveDeadlineSecondsMax: 0,
  jobBackoffLimit: 2,
  jobImagePullPolicy: 'IfNotPresent',
  kubectlImage: 'rancher/kubectl:v1.30.3',
  kubectlImageWindows: '',
  jobPrivileged: true,
  jobTtlSecondsAfterFinish: 900,
  jobPodReplacementPolicy: 'TerminatingOrFailed',
  planPollingIntervalMs: 15 * 60_000,
  verifyTimeoutMs: 5 * 60_000,
} satisfies PlanSettings

type Environment = Readonly<Record<string, string | undefined>>
/** A value, or why the text is none. */
type Read<T> = { readonly value: T } | { readonly problem: string }

const int32Max = 2n ** 31n - 1n
const int64Max = 2n ** 63n - 1n

/**
 * Reads the environment once, at start. A value that cannot be used leaves its default in force and is told in `problems`, one sentence
 * each: `failed to parse $NAME: …`. Names and syntax are those of system-upgrade-controller v0.20; a default deadline of 0 means none.
 */
export function planSettings(env: Environment): { readonly settings: PlanSettings; readonly problems: readonly string[] } {
  const problems: string[] = []
  const fallback = defaultPlanSettings
  function read<T>(name: string, parse: (text: string) => Read<T>, otherwise: T, shown = String(otherwise)): T {
    const text = env[name]
    if (text === undefined) return otherwise
    const result = parse(text)
    if ('value' in result) return result.value
    problems.push(`failed to parse $${name}: ${result.problem}; ${shown} stays in force`)
    return otherwise
  }
  const duration = (name: string, minMs: number, ms: number) => read(name, longerThan(minMs), ms, formatGoDuration(ms * 1e6))
  const text = (name: string, otherwise: string) => env[name] || otherwise
  const settings: PlanSettings = {
    jobActiveDeadlineSeconds: read('SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS', count(int64Max), fallback.jobActiveDeadlineSeconds),
    jobActiveDeadlineSecondsMax: read(
      'SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS_MAX',
      count(int64Max),
      fallback.jobActiveDeadlineSecondsMax,
    ),
    jobBackoffLimit: read('SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT', count(int32Max), fallback.jobBackoffLimit),
    jobImagePullPolicy: text('SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY', fallback.jobImagePullPolicy),
    kubectlImage: text('SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE', fallback.kubectlImage),
    kubectlImageWindows: text('SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE_WINDOWS', fallback.kubectlImageWindows),
    jobPrivileged: read('SYSTEM_UPGRADE_JOB_PRIVILEGED', goBoolean, fallback.jobPrivileged),
    jobTtlSecondsAfterFinish: read('SYSTEM_UPGRADE_JOB_TTL_SECONDS_AFTER_FINISH', count(int32Max), fallback.jobTtlSecondsAfterFinish),
    jobPodReplacementPolicy: text('SYSTEM_UPGRADE_JOB_POD_REPLACEMENT_POLICY', fallback.jobPodReplacementPolicy),
    planPollingIntervalMs: duration('SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL', 60_000, fallback.planPollingIntervalMs),
    verifyTimeoutMs: duration('FALKIRK_VERIFY_TIMEOUT', 0, fallback.verifyTimeoutMs),
  }
  return { settings, problems }
}

/** An integer in Go's decimal syntax that is not negative; kept exact up to 2^53. */
function count(max: bigint): (text: string) => Read<number> {
  return (text) => {
    if (!/^[+-]?\d+$/.test(text)) return { problem: `${JSON.stringify(text)} is not a whole number` }
    const number = BigInt(text.replace(/^\+/, ''))
    if (number < 0n) return { problem: `${JSON.stringify(text)} is negative` }
    return number > max ? { problem: `${JSON.stringify(text)} is more than ${max}` } : { value: Number(number) }
  }
}

function goBoolean(text: string): Read<boolean> {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return { value: true }
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return { value: false }
  return { problem: `${JSON.stringify(text)} is neither true nor false` }
}

/** A Go duration, in milliseconds. */
function longerThan(minMs: number): (text: string) => Read<number> {
  return (text) => {
    const nanoseconds = parseGoDuration(text)
    if (nanoseconds === undefined) return { problem: `${JSON.stringify(text)} is no duration such as 15m` }
    const ms = nanoseconds / 1e6
    return ms > minMs ? { value: ms } : { problem: `${JSON.stringify(text)} is not longer than ${formatGoDuration(minMs * 1e6)}` }
  }
}
