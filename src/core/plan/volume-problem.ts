import { isDnsSubdomain } from '../kubernetes/dns-name.ts'
import type { VolumeSpec } from './container-spec.ts'
import { jobVolumes, mountProblem } from './job-volumes.ts'
import type { PlanSpec } from './plan-spec.ts'

/**
 * What would make the API server refuse a Job's pod for its secrets and volumes: a name or a host path that cannot be used, or two mounts
 * at one path of a container. Names that clash are no problem: `jobVolumes` sees to it that each volume has one of its own.
 */
export function volumeProblem(spec: PlanSpec): string | undefined {
  return (
    secretNameProblem(spec) ??
    hostPathProblem('spec.upgrade.volumes', spec.upgrade.volumes ?? []) ??
    hostPathProblem('spec.prepare.volumes', spec.prepare?.volumes ?? []) ??
    mountProblem(jobVolumes(spec))
  )
}

/** A Secret that may be missing is not looked up, so that a name which no Secret can have would only show in the Job. */
function secretNameProblem({ secrets = [] }: PlanSpec): string | undefined {
  const index = secrets.findIndex(({ name }) => !isDnsSubdomain(name))
  const secret = secrets[index]
  return secret && `spec.secrets[${index}].name ${shown(secret.name)} is no name of a Secret: write lower-case letters, digits, "-" and "."`
}

function hostPathProblem(field: string, volumes: readonly VolumeSpec[]): string | undefined {
  for (const [index, { name, source, destination }] of volumes.entries()) {
    const at = `${field}[${index}]`
    if (!isDnsLabel(name))
      return `${at}.name ${shown(name)} cannot be the name of a volume: write at most 63 lower-case letters, digits and "-"`
    if (source === '') return `${at}.source is empty: write the path on the host`
    if (source.split('/').includes('..')) return `${at}.source ${shown(source)} goes up with "..": write the path itself`
    if (destination === '') return `${at}.destination is empty: write the path in the container`
  }
  return undefined
}

/** Source: Kubernetes, Object Names and IDs (RFC 1123 label). */
function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
