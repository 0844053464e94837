import type { Build } from '../../version/build-etcd.ts'
import { knownBuilds } from '../../version/known-builds.ts'
import { compareVersions, type KubernetesVersion, sameRelease } from '../../version/kubernetes-version.ts'
import { afterStop, type Members } from './members.ts'
import { buildOf, type PathContext } from './path-context.ts'
import { pickBuild, stepOf } from './pick-build.ts'
import { bringByFlag, refused, ruleSources } from './refused.ts'
import type { RefusedPath } from './upgrade-path.ts'
import { distinct } from './version-set.ts'

/** Where the control plane stops, in order; nothing when it is at the target already. */
export type ChosenStops = { readonly kind: 'Stops'; readonly stops: readonly Build[] } | RefusedPath

/**
 * Chooses what the control plane stops at: each minor on the way once, at the version that people named, else that a hop in progress leads
 * to, else the last patch that is safe between its neighbours. A further patch is put in where etcd has a gate that no other stop meets.
 * Source: Kubernetes version-skew policy, "skipping minor versions is not supported".
 */
export function chooseStops(context: PathContext): ChosenStops {
  const { to, from, stops: named } = context.request
  const running = distinct(from.controlPlane)
  const [oldest = to] = running
  if (running.every((version) => sameRelease(version, to))) return { kind: 'Stops', stops: [] }
  const stray = named?.versions.find((version) => compareVersions(version, oldest) === -1 || compareVersions(to, version) === -1)
  if (stray !== undefined) return strayStop(stray, oldest, to)
  const stops = backwards(context, running)
  if (!Array.isArray(stops)) return stops
  const ordered = stops.toReversed()
  return { kind: 'Stops', stops: named?.between === 'Nothing' ? ordered : throughGates(ordered, context) }
}

function strayStop(stray: KubernetesVersion, oldest: KubernetesVersion, to: KubernetesVersion): RefusedPath {
  const below = compareVersions(stray, oldest) === -1
  const message = below
    ? `the stop ${stray.text} is lower than ${oldest.text}, which runs; name stops from there to ${to.text}`
    : `the stop ${stray.text} lies beyond the target, and going on to ${to.text} would be a downgrade; name stops up to it`
  return refused('Downgrade', message, ruleSources.skew)
}

/** The stops from the target back, as each is chosen for what follows it. */
function backwards(context: PathContext, running: readonly KubernetesVersion[]): Build[] | RefusedPath {
  const { to } = context.request
  const oldest = running[0] ?? to
  const target = buildOf(to, context)
  const stops = [target, ...namedIn(to.minor, context, running)]
  for (let minor = to.minor - 1; minor > oldest.minor; minor--) {
    const chosen = stopsOfMinor(minor, stops.at(-1) ?? target, context, running)
    if (!Array.isArray(chosen)) return chosen
    stops.push(...chosen)
  }
  if (to.minor > oldest.minor) stops.push(...namedIn(oldest.minor, context, running))
  return stops
}

/** Stops of one minor, newest first: at least one. */
function stopsOfMinor(minor: number, after: Build, context: PathContext, running: readonly KubernetesVersion[]): Build[] | RefusedPath {
  const { releases, stops } = context.request
  const named = namedIn(minor, context, running)
  if (named.length > 0) return named
  const newest = running.at(-1)
  if (newest?.minor === minor) return [buildOf(newest, context)]
  if (stops?.between === 'Nothing') return skipped(minor, after, context)
  const before = fixedStop(minor - 1, context, running)
  const neighbours = before === undefined ? { after } : { before, after }
  const picked = pickBuild(knownBuilds(releases, context.line, minor), neighbours, context)
  return picked === undefined ? unknownMinor(minor, context) : [picked]
}

/** What the control plane runs before it enters the next minor, where that is no choice. */
function fixedStop(minor: number, context: PathContext, running: readonly KubernetesVersion[]): Members | undefined {
  const [named] = namedIn(minor, context, running)
  const newest = running.at(-1)
  if (named !== undefined) return [named]
  if (running[0]?.minor === minor) return context.members
  return newest?.minor === minor ? [buildOf(newest, context)] : undefined
}

function skipped(minor: number, after: Build, { request, line }: PathContext): RefusedPath {
  const [example] = knownBuilds(request.releases, line, minor)
  const such = example === undefined ? '' : `, such as ${example.version.text}`
  const message = `the stops skip v1.${minor} on the way to ${after.version.text}, and an API server moves one minor version at a time; name a v1.${minor}${such}`
  return refused('SkippedMinor', message, ruleSources.skew)
}

function unknownMinor(minor: number, { request, distribution }: PathContext): RefusedPath {
  const { bringReleases = bringByFlag } = request
  const message = `the release data of ${request.releases.reviewed} know no v1.${minor} of ${distribution}, which cannot be skipped; name it as a stop, or bring data that do ${bringReleases}`
  return refused('UnknownVersion', message, ruleSources.releases)
}

/** What people named of a minor, newest first, without what runs and the target itself. */
function namedIn(minor: number, context: PathContext, running: readonly KubernetesVersion[]): Build[] {
  const { stops, to } = context.request
  return (stops?.versions ?? [])
    .filter((version) => version.minor === minor && ![...running, to].some((other) => sameRelease(other, version)))
    .toSorted((a, b) => -(compareVersions(a, b) ?? 0))
    .map((version) => buildOf(version, context))
}

/** Puts a patch before each stop whose etcd may not be entered from what lies before it, where one is known that opens the way. */
function throughGates(stops: readonly Build[], context: PathContext): readonly Build[] {
  let members = context.members
  return stops.flatMap((stop) => {
    const patch = stepOf(members, stop, context).verdict === 'Unmet' ? patchBetween(members, stop, context) : undefined
    members = afterStop(members, stop, context.distribution)
    return patch === undefined ? [stop] : [patch, stop]
  })
}

/** The patch has to bring every member that is not ready for the stop to where it is, by a step that is open itself. */
function patchBetween(members: Members, after: Build, context: PathContext): Build | undefined {
  const oldest = members[0]?.version ?? after.version
  const minors = [oldest.minor, oldest.minor + 1].filter((minor) => minor <= after.version.minor)
  const opening = minors
    .toReversed()
    .flatMap((minor) => knownBuilds(context.request.releases, context.line, minor))
    .filter(({ version }) => compareVersions(oldest, version) === -1 && compareVersions(version, after.version) === -1)
    .filter((build) => opens(members, build, context) && opens(afterStop(members, build, context.distribution), after, context))
  return pickBuild(opening, { before: members, after }, context)
}

function opens(members: Members, build: Build, context: PathContext): boolean {
  const { verdict } = stepOf(members, build, context)
  return verdict === 'Open' || verdict === 'Met'
}
