import { compareEtcd, type EtcdVersion, etcdText, parseEtcdVersion } from '../version/etcd-version.ts'
import type { EtcdMember } from './cluster.ts'

/** What every member has to run before a minor may be entered. Source: etcd's upgrade guides and `docs/path.md`. */
const wayPoints: readonly { readonly into: number; readonly least: EtcdVersion }[] = [
  { into: 6, least: [3, 5, 26] },
  { into: 7, least: [3, 6, 11] },
]
/** Lost consistency after a crash; fixed in 3.5.3. Source: etcd, CHANGELOG-3.5. */
const neverBetween: readonly [EtcdVersion, EtcdVersion] = [
  [3, 5, 0],
  [3, 5, 2],
]

export type EtcdHop = { readonly kind: 'Hop'; readonly version: EtcdVersion } | { readonly kind: 'Refused'; readonly message: string }

/**
 * The next version on the way to another, one minor at a time.
 *
 * @param available what can be installed on every host
 */
export function nextHop(from: EtcdVersion, to: EtcdVersion, available: readonly EtcdVersion[]): EtcdHop {
  if (from[0] !== 3 || to[0] !== 3) return refused(`${etcdText(from)} → ${etcdText(to)}: Falkirk knows etcd 3`)
  if (compareEtcd(to, from) < 0) return refused(`${etcdText(to)} is below ${etcdText(from)}, which runs: etcd is never taken back`)
  if (isBad(to)) return refused(`${etcdText(to)} can lose data after a crash: take 3.5.3 or later (etcd, CHANGELOG-3.5)`)
  if (from[1] === to[1]) return exactly(to, available)
  const least = wayPoints.find(({ into }) => into === from[1] + 1)?.least
  if (least !== undefined && compareEtcd(from, least) < 0) return highest(from[1], least, available, `before 3.${from[1] + 1}`)
  if (from[1] + 1 === to[1]) return exactly(to, available)
  const next = from[1] + 1
  return highest(next, wayPoints.find(({ into }) => into === next + 1)?.least ?? [3, next, 0], available, `on the way to ${etcdText(to)}`)
}

function exactly(version: EtcdVersion, available: readonly EtcdVersion[]): EtcdHop {
  if (available.some((each) => compareEtcd(each, version) === 0)) return { kind: 'Hop', version }
  const known = [...available].sort(compareEtcd).map(etcdText)
  const has = known.length === 0 ? 'none at all' : known.slice(-5).join(', ')
  return refused(`${etcdText(version)} is not to be had on every host: their repositories have ${has}`)
}

function highest(minor: number, least: EtcdVersion, available: readonly EtcdVersion[], why: string): EtcdHop {
  const best = available
    .filter((each) => each[1] === minor && compareEtcd(each, least) >= 0 && !isBad(each))
    .toSorted(compareEtcd)
    .at(-1)
  if (best !== undefined) return { kind: 'Hop', version: best }
  return refused(
    `${why}, each member has to run ${etcdText(least)} or a later patch of 3.${minor}, and not every host can have one: add it to their repositories`,
  )
}

function isBad(version: EtcdVersion): boolean {
  const [first, last] = neverBetween
  return compareEtcd(version, first) >= 0 && compareEtcd(version, last) <= 0
}

function refused(message: string): EtcdHop {
  return { kind: 'Refused', message }
}

/** What keeps a member from starting, or from being understood, at another minor: a sentence each. Source: etcd's upgrade guides; node-procedures 7.1. */
export function settingProblems({ host, seen }: EtcdMember, from: EtcdVersion, to: EtcdVersion): readonly string[] {
  if (from[1] === to[1]) return []
  const { flags, variables } = seen.settings
  const gone = removedFlags.filter(({ minor }) => minor > from[1] && minor <= to[1])
  const found = [...flags.keys()].filter((flag) =>
    gone.some(({ names }) => names.some((name) => (name.endsWith('*') ? flag.startsWith(name.slice(0, -1)) : flag === name))),
  )
  const said = found.map(
    (flag) => `${host} sets --${flag}, which etcd 3.${to[1]} does not know any more: remove it and restart etcd, then come again`,
  )
  if (to[1] === 5 && flags.get('logger') === 'capnslog') {
    said.push(`${host} sets --logger=capnslog, which etcd 3.5 does not know any more: write zap and restart etcd, then come again`)
  }
  if (to[1] === 6 && variables.get('enable-v2') === 'true') {
    said.push(`${host} sets ETCD_ENABLE_V2: data of the old API stand in the way of 3.6: remove it, and look at etcdutl check v2store`)
  }
  return said
}

const removedFlags: readonly { readonly minor: number; readonly names: readonly string[] }[] = [
  { minor: 5, names: ['debug', 'log-output', 'log-package-levels'] },
  { minor: 6, names: ['enable-v2', 'experimental-enable-v2v3', 'proxy*'] },
  { minor: 7, names: ['experimental-*'] },
]

/** The package of a version on a host, as its package manager writes it; several when the repositories have several builds: the newest comes first. */
export function packagedAs({ seen: { facts } }: EtcdMember, version: EtcdVersion): string | undefined {
  return facts.available.find((each) => each.name === facts.package && sameVersion(each.version, version))?.version
}

function sameVersion(packaged: string, version: EtcdVersion): boolean {
  const read = parseEtcdVersion(packaged.replace(/^\d+:/, ''))
  return read !== undefined && compareEtcd(read, version) === 0
}

/** Versions that each host can have by its packages. */
export function packagedVersions(members: readonly EtcdMember[]): readonly EtcdVersion[] {
  const [first, ...others] = members
  if (first === undefined) return []
  const versions = first.seen.facts.available
    .filter(({ name }) => name === first.seen.facts.package)
    .flatMap(({ version }) => {
      const read = parseEtcdVersion(version.replace(/^\d+:/, ''))
      return read === undefined ? [] : [read]
    })
  return versions.filter((version) => others.every((other) => packagedAs(other, version) !== undefined))
}
