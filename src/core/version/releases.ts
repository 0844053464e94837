import { z } from 'zod'
import { schemaProblem } from '../schema-problem.ts'
import { type Build, withNeighbouringEtcd } from './build-etcd.ts'
import { lineOf, type ReleaseLine } from './distribution.ts'
import { parseEtcdRange } from './etcd-version.ts'
import { compareVersions, parseVersion } from './kubernetes-version.ts'

const date = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
const minor = z.string().regex(/^1\.(0|[1-9]\d{0,2})$/)

const ReleasedBuild = z.strictObject({
  version: z
    .string()
    .refine((text) => parseVersion(text) !== undefined, { error: 'is no version of Kubernetes: write one such as v1.34.2+k3s1' }),
  released: date.exactOptional(),
  etcd: z
    .string()
    .refine((text) => parseEtcdRange(text) !== undefined, { error: 'is no version of etcd: write one such as 3.5.26, or 3.6' })
    .exactOptional(),
})

const MinorRelease = z.strictObject({
  minor,
  released: date.exactOptional(),
  endOfLife: date.exactOptional(),
  kubernetes: z.array(ReleasedBuild).exactOptional(),
  k3s: z.array(ReleasedBuild).exactOptional(),
  rke2: z.array(ReleasedBuild).exactOptional(),
})

/** A file of release data: what is shipped, and what --releases brings. Fields that it does not know are refused. */
const ReleaseFile = z.strictObject({
  format: z.literal('falkirk.dev/releases/v1'),
  reviewed: date,
  sources: z.array(z.string()).exactOptional(),
  minors: z.array(MinorRelease).max(200),
})

/** What is known of one minor version of Kubernetes 1. Builds are newest first and need not be complete. */
export interface MinorRelease {
  readonly minor: number
  readonly released?: string
  /** The day on which upstream stopped, or will stop, to release patches. */
  readonly endOfLife?: string
  readonly builds: Readonly<Record<ReleaseLine, readonly Build[]>>
}

/** Which versions of Kubernetes exist, as of a day. */
export interface Releases {
  /** The day on which the data were last looked through, e.g. `2026-09-27`. */
  readonly reviewed: string
  /** By minor. */
  readonly minors: ReadonlyMap<number, MinorRelease>
}

/** A file of release data, read; or the first thing that is wrong with it, as one sentence. */
export type ReadReleases =
  | { readonly kind: 'Releases'; readonly releases: Releases }
  | { readonly kind: 'Invalid'; readonly message: string }

const hints = {
  format: 'set it to "falkirk.dev/releases/v1"',
  reviewed: 'set it to the day on which the data were looked through, such as 2026-09-27',
}

const lines = ['kubernetes', 'k3s', 'rke2'] as const

/** Reads release data. A build that stands in the minor or line of another is refused, as is a minor that stands there twice. */
export function parseReleases(object: unknown): ReadReleases {
  const file = ReleaseFile.safeParse(object)
  if (!file.success) return { kind: 'Invalid', message: schemaProblem(object, file.error, hints) }
  const minors = new Map<number, MinorRelease>()
  for (const [index, entry] of file.data.minors.entries()) {
    const read = readMinor(entry, `minors[${index}]`)
    if (typeof read === 'string') return { kind: 'Invalid', message: read }
    if (minors.has(read.minor)) return { kind: 'Invalid', message: `minors[${index}].minor "${entry.minor}" stands there twice: keep one` }
    minors.set(read.minor, read)
  }
  return { kind: 'Releases', releases: { reviewed: file.data.reviewed, minors } }
}

/** The minor, or what is wrong with it. */
function readMinor(entry: z.infer<typeof MinorRelease>, place: string): MinorRelease | string {
  const number = Number(entry.minor.slice('1.'.length))
  const builds: Record<ReleaseLine, readonly Build[]> = { kubernetes: [], k3s: [], rke2: [] }
  for (const line of lines) {
    const read = (entry[line] ?? []).map(readBuild)
    const stray = read.find(({ version }) => version.major !== 1 || version.minor !== number || lineOf(version) !== line)
    if (stray !== undefined) return `${place}.${line} holds ${stray.version.text}: put it where its minor and its line are`
    builds[line] = withEtcd(newestFirst(read))
  }
  return {
    minor: number,
    ...(entry.released === undefined ? {} : { released: entry.released }),
    ...(entry.endOfLife === undefined ? {} : { endOfLife: entry.endOfLife }),
    builds,
  }
}

function readBuild({ version, released, etcd }: z.infer<typeof ReleasedBuild>): Build {
  const read = parseVersion(version)
  const range = etcd === undefined ? undefined : parseEtcdRange(etcd)
  if (read === undefined) throw new Error('the schema let a version pass that cannot be read')
  return { version: read, ...(released === undefined ? {} : { released }), ...(range === undefined ? {} : { etcd: range }) }
}

/**
 * Lays data over others, by minor: dates and builds of `over` win, builds that only one of them knows stay. The review date is that of
 * `over`, which is what somebody brought because they know better.
 */
export function mergeReleases(base: Releases, over: Releases): Releases {
  const minors = new Map(base.minors)
  for (const [number, entry] of over.minors) {
    const below = minors.get(number)
    minors.set(number, below === undefined ? entry : { ...below, ...entry, builds: mergeBuilds(below.builds, entry.builds) })
  }
  return { reviewed: over.reviewed, minors }
}

function mergeBuilds(below: MinorRelease['builds'], over: MinorRelease['builds']): MinorRelease['builds'] {
  const merged = (line: ReleaseLine) => {
    const known = new Set(over[line].map(({ version }) => version.text))
    return withEtcd(newestFirst([...over[line], ...below[line].filter(({ version }) => !known.has(version.text))]))
  }
  return { kubernetes: merged('kubernetes'), k3s: merged('k3s'), rke2: merged('rke2') }
}

function newestFirst(builds: readonly Build[]): readonly Build[] {
  return builds.toSorted((a, b) => -(compareVersions(a.version, b.version) ?? 0))
}

/** What all builds of a minor together tell of the etcd of each. */
function withEtcd(builds: readonly Build[]): readonly Build[] {
  return builds.map((build) => withNeighbouringEtcd(build, builds))
}
