import { parseGoDuration } from './go-duration.ts'
import type { PlanSettings } from './plan-settings.ts'
import type { PlanSpec } from './plan-spec.ts'

const maxInt32 = 2_147_483_647

/** Seconds that an ended Job stays beyond `postCompleteDelay`, so that its end is seen after the delay. */
const afterDelaySeconds = 60

/**
 * `activeDeadlineSeconds` of the Job; `undefined` sets none. The Plan's own value holds when it is 0 (none) or positive, otherwise the
 * setting, of which 0 also means none. A maximum bounds both, and is the deadline where there would be none.
 * Source: system-upgrade-controller v0.20, except that it fails a Job at once when the setting is 0.
 */
export function jobDeadlineSeconds(spec: Pick<PlanSpec, 'jobActiveDeadlineSecs'>, settings: PlanSettings): number | undefined {
  const own = spec.jobActiveDeadlineSecs ?? -1
  const wanted = own < 0 ? settings.jobActiveDeadlineSeconds : own
  const maximum = settings.jobActiveDeadlineSecondsMax
  const bounded = maximum > 0 && (wanted <= 0 || wanted > maximum) ? maximum : wanted
  return bounded > 0 ? bounded : undefined
}

/**
 * `ttlSecondsAfterFinished` of the Job: the setting, but at least a minute more than `postCompleteDelay`.
 * Source: system-upgrade-controller v0.20.
 */
export function jobTtlSeconds(spec: Pick<PlanSpec, 'postCompleteDelay'>, settings: PlanSettings): number {
  const delaySeconds = spec.postCompleteDelay === undefined ? undefined : (parseGoDuration(spec.postCompleteDelay) ?? 0) / 1e9
  const least = delaySeconds === undefined ? 0 : Math.floor(delaySeconds + afterDelaySeconds)
  return Math.min(Math.max(settings.jobTtlSecondsAfterFinish, least), maxInt32)
}
