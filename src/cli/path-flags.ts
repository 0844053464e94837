import { nearestText } from '../core/nearest-text.ts'
import { type PathRequest, type PathRisk, pathRisks, type WorkerPace } from '../core/upgrade/path/upgrade-path.ts'
import { type Distribution, distributionOfVersion, distributions, releaseLine } from '../core/version/distribution.ts'
import { type EtcdVersion, parseEtcdVersion } from '../core/version/etcd-version.ts'
import { type KubernetesVersion, parseVersion } from '../core/version/kubernetes-version.ts'
import { minorAlone } from '../core/version/minor-alone.ts'
import type { Releases } from '../core/version/releases.ts'
import { bad } from './flag-values.ts'

/** Flags of `falkirk path` as the command line gives them. */
export interface PathFlags {
  readonly from?: string
  readonly nodes?: string
  readonly to?: string
  readonly distribution?: string
  readonly workers?: string
  readonly via?: string
  readonly stops?: string
  readonly datastore?: string
  readonly etcd?: string
  readonly acceptRisk?: string
  readonly releases?: string
  readonly output?: string
}

export const outputs = ['table', 'wide', 'json', 'yaml'] as const
export type PathOutput = (typeof outputs)[number]

const paces: readonly WorkerPace[] = ['Lazy', 'EveryHop']
const datastores = ['etcd', 'other'] as const

/** The value of --output. Throws FK_BAD_SETTING. */
export function outputOf({ output = 'table' }: PathFlags): PathOutput {
  return oneOf('--output', output, outputs)
}

/** What is asked for, with the release data that it is to be found in. Throws FK_BAD_SETTING with one sentence that names the flag. */
export function pathRequest(flags: PathFlags, releases: Releases): PathRequest {
  const controlPlane = versionsOf('--from', required('--from', flags.from))
  const distribution = flags.distribution === undefined ? undefined : oneOf('--distribution', flags.distribution, distributions)
  const [first] = controlPlane
  const line = distribution ?? (first === undefined ? undefined : distributionOfVersion(first))
  const datastore = flags.datastore === undefined ? undefined : oneOf('--datastore', flags.datastore, datastores)
  return {
    from: {
      controlPlane,
      ...(flags.nodes === undefined ? {} : { nodes: flags.nodes === 'none' ? [] : versionsOf('--nodes', flags.nodes) }),
    },
    to: targetOf(required('--to', flags.to), releases, line),
    workers: oneOf('--workers', flags.workers ?? 'Lazy', paces),
    releases,
    acceptedRisks: risksOf(flags.acceptRisk),
    ...stopsOf(flags),
    ...(distribution === undefined ? {} : { distribution }),
    ...(datastore === undefined ? {} : { datastore: datastore === 'etcd' ? 'Etcd' : 'Other' }),
    ...(flags.etcd === undefined ? {} : { etcd: etcdOf(flags.etcd) }),
  }
}

function required(flag: string, value: string | undefined): string {
  if (value === undefined) throw bad(`${flag} is missing: write a version such as v1.34.2+k3s1`)
  return value
}

function versionsOf(flag: string, text: string): readonly KubernetesVersion[] {
  return text.split(',').map((part) => versionOf(flag, part.trim()))
}

function versionOf(flag: string, text: string): KubernetesVersion {
  const version = parseVersion(text)
  if (version === undefined) throw bad(`${flag} is "${text}": write a version such as v1.34.2+k3s1 or v1.34.2`)
  return version
}

/** A minor alone (`v1.34`) is its newest release that is known. */
function targetOf(text: string, releases: Releases, distribution: Distribution | undefined): KubernetesVersion {
  const alone = distribution === undefined ? undefined : minorAlone(text, releases, releaseLine(distribution))
  if (alone === undefined) return versionOf('--to', text)
  if (alone.newest !== undefined) return alone.newest
  throw bad(`--to is "${text}", of which the release data of ${releases.reviewed} know no ${distribution}: write the whole version`)
}

function stopsOf({ via, stops }: PathFlags): Pick<PathRequest, 'stops'> {
  if (via !== undefined && stops !== undefined)
    throw bad('--via and --stops exclude each other: --stops names every stop, --via some of them')
  if (via !== undefined) return { stops: { versions: versionsOf('--via', via), between: 'LastPatch' } }
  return stops === undefined ? {} : { stops: { versions: versionsOf('--stops', stops), between: 'Nothing' } }
}

function risksOf(text: string | undefined): readonly PathRisk[] {
  return text === undefined ? [] : text.split(',').map((part) => oneOf('--accept-risk', part.trim(), pathRisks))
}

function etcdOf(text: string): EtcdVersion {
  const version = parseEtcdVersion(text)
  if (version === undefined) throw bad(`--etcd is "${text}": write the lowest version that a member runs, such as 3.5.26`)
  return version
}

function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one.toLowerCase() === text.toLowerCase())
  if (found !== undefined) return found
  const near = nearestText(text, allowed)
  throw bad(`${flag} is "${text}": write ${allowed.join(', ')}${near === undefined ? '' : `; is it ${near}?`}`)
}
