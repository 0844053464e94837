import * as baseline from './baseline-checks.ts'
import type { LevelVersion } from './namespace-policy.ts'
import type { CheckedPod, Violation } from './pod-containers.ts'
import * as restricted from './restricted-checks.ts'

/** In the order of the original, which goes by their names; restricted has stricter ones of its own for three of them. */
const always: readonly baseline.Check[] = [baseline.appArmorProfiles]
const others: readonly baseline.Check[] = [
  baseline.hostPorts,
  baseline.probeHosts,
  baseline.privilegedContainers,
  baseline.procMounts,
  baseline.seLinuxOptions,
]
const last: readonly baseline.Check[] = [baseline.sysctls, baseline.hostProcesses]

/** Whether the restricted level of a policy looks at capabilities and seccomp profiles itself; before, the baseline does. */
const restrictsCapabilitiesSince = 22
const restrictsSeccompSince = 19

function checksOf(level: LevelVersion['level'], minor: number): readonly baseline.Check[] {
  const strict = level === 'restricted'
  return [
    ...always,
    ...(strict && minor >= restrictsCapabilitiesSince ? [] : [baseline.addedCapabilities]),
    baseline.hostNamespaces,
    ...(strict ? [] : [baseline.hostPathVolumes]),
    ...others,
    ...(strict && minor >= restrictsSeccompSince ? [] : [baseline.seccompBaseline]),
    ...last,
    ...(strict ? strictChecks : []),
  ]
}

const strictChecks: readonly baseline.Check[] = [
  restricted.privilegeEscalation,
  restricted.capabilities,
  restricted.volumes,
  restricted.runAsNonRoot,
  restricted.runAsUser,
  restricted.seccompRestricted,
]

/**
 * What of a pod is more than a level allows. `serverMinor` is what `latest` means, and the newest that the server knows.
 * Source: Kubernetes, Pod Security Standards.
 */
export function podViolations(pod: CheckedPod, { level, minor }: LevelVersion, serverMinor: number): readonly Violation[] {
  if (level === 'privileged') return []
  const asked = Math.min(minor ?? serverMinor, serverMinor)
  return checksOf(level, asked).flatMap((check) => check(pod, asked) ?? [])
}

export function reasonsOf(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ')
}

export function detailsOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')
}
