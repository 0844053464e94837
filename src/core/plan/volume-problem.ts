import type { VolumeSpec } from './container-spec.ts'
import { shortenName } from './job-name.ts'
import type { PlanSpec } from './plan-spec.ts'

/** A name or path that a field of the spec lays claim to. */
interface Claim {
  readonly field: string
  readonly text: string
}

const ownVolumes: readonly Claim[] = [
  { field: "the volume of the host's root", text: 'host-root' },
  { field: "the volume of the pod's labels", text: 'pod-info' },
]
const ownMounts: readonly Claim[] = [
  { field: "the host's root", text: '/host' },
  { field: "the pod's labels", text: '/run/system-upgrade/pod' },
]

/**
 * What would make the pod of a Job invalid: a volume without a valid name of its own, an unusable host path, or two mounts at one path of
 * a container. A volume that only `prepare` names, or that both containers name with the same source, is fine.
 */
export function volumeProblem(spec: PlanSpec): string | undefined {
  const ofUpgrade = spec.upgrade.volumes ?? []
  const ofPrepare = spec.prepare?.volumes ?? []
  return (
    secretNameProblem(spec) ??
    containerProblem(spec, 'spec.upgrade.volumes', ofUpgrade) ??
    containerProblem(spec, 'spec.prepare.volumes', ofPrepare) ??
    sourceProblem(ofUpgrade, ofPrepare)
  )
}

/** The volume of a Secret is called `secret-NAME`; a name with dots, which a Secret may have, makes no volume. */
function secretNameProblem({ secrets = [] }: PlanSpec): string | undefined {
  const index = secrets.findIndex(({ name }) => !isDnsLabel(secretVolumeName(name)))
  if (index === -1) return undefined
  return `spec.secrets[${index}].name ${shown(secrets[index]?.name)} cannot be part of a volume's name: use a Secret whose name has only lower-case letters, digits and "-"`
}

function containerProblem(spec: PlanSpec, field: string, volumes: readonly VolumeSpec[]): string | undefined {
  for (const [index, { name, source, destination }] of volumes.entries()) {
    const at = `${field}[${index}]`
    if (!isDnsLabel(name))
      return `${at}.name ${shown(name)} cannot be the name of a volume: write at most 63 lower-case letters, digits and "-"`
    if (source === '') return `${at}.source is empty: write the path on the host`
    if (source.split('/').includes('..')) return `${at}.source ${shown(source)} goes up with "..": write the path itself`
    if (destination === '') return `${at}.destination is empty: write the path in the container`
  }
  const names = volumes.map(({ name }, i) => ({ field: `${field}[${i}].name`, text: name }))
  const paths = volumes.map(({ destination }, i) => ({ field: `${field}[${i}].destination`, text: destination }))
  return (
    clash([...ownVolumes, ...secretClaims(spec, 'name', (s) => secretVolumeName(s.name)), ...names], 'volume') ??
    clash([...ownMounts, ...secretClaims(spec, 'path', secretMountPath), ...paths], 'mount path')
  )
}

type Secret = NonNullable<PlanSpec['secrets']>[number]

function secretClaims({ secrets = [] }: PlanSpec, part: 'name' | 'path', textOf: (secret: Secret) => string): readonly Claim[] {
  return secrets.map((secret, index) => ({ field: `spec.secrets[${index}].${part}`, text: textOf(secret) }))
}

/** The first claim to what an earlier one has already. */
function clash(claims: readonly Claim[], what: 'volume' | 'mount path'): string | undefined {
  const owners = new Map<string, string>()
  for (const { field, text } of claims) {
    const owner = owners.get(text)
    if (owner !== undefined)
      return `${field} asks for the ${what} ${shown(text)}, which ${owner} has already: use another ${what === 'volume' ? 'name' : 'path'}`
    owners.set(text, field)
  }
  return undefined
}

function sourceProblem(ofUpgrade: readonly VolumeSpec[], ofPrepare: readonly VolumeSpec[]): string | undefined {
  for (const [index, { name, source }] of ofPrepare.entries()) {
    const other = ofUpgrade.findIndex((volume) => volume.name === name && volume.source !== source)
    if (other !== -1) {
      return `spec.prepare.volumes[${index}].source ${shown(source)} is not that of spec.upgrade.volumes[${other}], although both are called ${shown(name)}: give one of them another name`
    }
  }
  return undefined
}

function secretVolumeName(name: string): string {
  return shortenName(`secret-${name}`)
}

/** Source: system-upgrade-controller v0.20. */
function secretMountPath({ name, path }: Secret): string {
  return path.startsWith('/') ? path : `/run/system-upgrade/secrets/${path === '' ? name : path}`
}

function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)
}

function shown(text: string | undefined): string {
  const full = text ?? ''
  return JSON.stringify(full.length > 80 ? `${full.slice(0, 80)}…` : full)
}
