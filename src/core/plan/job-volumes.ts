import type { Volume, VolumeMount } from 'kubernetes-types/core/v1.js'
import type { VolumeSpec } from './container-spec.ts'
import { shortenName } from './job-name.ts'
import type { PlanSpec } from './plan-spec.ts'
import type { SecretSpec } from './secret-spec.ts'

const secretsFolder = '/run/system-upgrade/secrets'

/** The volumes of a Job's pod, and where each kind of container mounts them. */
export interface JobVolumes {
  readonly volumes: Volume[]
  readonly prepareMounts: VolumeMount[]
  /** Of the containers `upgrade`, `drain` and `cordon`. */
  readonly upgradeMounts: VolumeMount[]
}

/**
 * Declares what the containers mount: the host's root, the pod's labels and annotations, the Plan's Secrets, then the host paths of
 * `spec.upgrade` and `spec.prepare`. What is wanted twice is declared once; another volume under a name that is taken gets a number.
 * Source: system-upgrade-controller v0.20, which declares neither the volumes of `prepare` nor anything once.
 */
export function jobVolumes(spec: Pick<PlanSpec, 'secrets' | 'upgrade' | 'prepare'>): JobVolumes {
  const volumes = [hostRoot, podInfo]
  const secrets = (spec.secrets ?? []).map((secret) => secretMount(secret, declare(volumes, secretVolume(secret))))
  const upgrade = (spec.upgrade.volumes ?? []).map((volume) => hostPathMount(volume, declare(volumes, hostPathVolume(volume))))
  const prepare = (spec.prepare?.volumes ?? []).map((volume) => hostPathMount(volume, declare(volumes, hostPathVolume(volume))))
  const always = [
    { name: 'host-root', mountPath: '/host' },
    { name: 'pod-info', mountPath: '/run/system-upgrade/pod', readOnly: true },
    ...secrets,
  ]
  return { volumes, prepareMounts: onlyOnce([...always, ...prepare]), upgradeMounts: onlyOnce([...always, ...upgrade]) }
}

const hostRoot: Volume = { name: 'host-root', hostPath: { path: '/', type: 'Directory' } }

const podInfo: Volume = {
  name: 'pod-info',
  downwardAPI: {
    defaultMode: 0o644,
    items: [
      { path: 'labels', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } },
      { path: 'annotations', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.annotations' } },
    ],
  },
}

/** Adds a volume unless it is there already; gives the name under which it is declared. */
function declare(volumes: Volume[], wanted: Volume): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted.name : `${wanted.name.slice(0, 60)}-${number}`
    const found = volumes.find((volume) => volume.name === name)
    if (found === undefined) volumes.push({ ...wanted, name })
    if (found === undefined || JSON.stringify({ ...found, name }) === JSON.stringify({ ...wanted, name })) return name
  }
}

/** A Secret's name may have dots, a volume's may not. */
function secretVolume({ name, defaultMode, ignoreUpdates = false }: SecretSpec): Volume {
  const mode = defaultMode === undefined ? {} : { defaultMode }
  return { name: shortenName(`secret-${name}`).replaceAll('.', '-'), secret: { secretName: name, ...mode, optional: ignoreUpdates } }
}

function secretMount(secret: SecretSpec, name: string): VolumeMount {
  return { name, mountPath: secretPath(secret), readOnly: true }
}

/** An absolute path as it is written; a relative one is taken from the folder of Secrets, and may leave it by `..`. */
function secretPath({ name, path }: SecretSpec): string {
  if (path.startsWith('/')) return path
  const parts: string[] = []
  for (const part of `${secretsFolder}/${path === '' ? name : path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

function hostPathVolume({ name, source }: VolumeSpec): Volume {
  return { name, hostPath: { path: source } }
}

function hostPathMount({ destination }: VolumeSpec, name: string): VolumeMount {
  return { name, mountPath: destination }
}

function onlyOnce(mounts: VolumeMount[]): VolumeMount[] {
  return mounts.filter((mount, index) => mounts.findIndex((m) => m.name === mount.name && m.mountPath === mount.mountPath) === index)
}

/** Why the API server would refuse what a container mounts; `undefined` when it would not. */
export function mountProblem({ prepareMounts, upgradeMounts }: JobVolumes): string | undefined {
  for (const [field, mounts] of [['spec.upgrade', upgradeMounts] as const, ['spec.prepare', prepareMounts] as const]) {
    const paths = mounts.map((mount) => mount.mountPath)
    const twice = paths.find((path, index) => paths.indexOf(path) !== index)
    if (twice !== undefined) return `${field} would mount two volumes at ${twice}; give one of them (volumes or secrets) another path`
  }
  return undefined
}
