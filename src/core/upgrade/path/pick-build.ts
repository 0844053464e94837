import type { Build } from '../../version/build-etcd.ts'
import { type EtcdStep, judgeEtcdStep, lowersEtcd } from './etcd-gate.ts'
import { lowestEtcd, type Members } from './members.ts'
import type { PathContext } from './path-context.ts'

/** What the stop of a minor lies between. */
export interface Neighbours {
  /** What runs before it, where that is no choice. */
  readonly before?: Members
  readonly after: Build
}

/**
 * The build to stop at: the newest of the candidates (newest first) that lets etcd through its gates on both sides, does not make the next
 * build lower etcd, and was not built in a later month than the next one. Where no candidate has all three, the first outweighs the second,
 * and that the third: data come before what a replaced image refuses. Undefined without candidates.
 */
export function pickBuild(candidates: readonly Build[], neighbours: Neighbours, context: PathContext): Build | undefined {
  let best: { readonly build: Build; readonly cost: number } | undefined
  for (const build of candidates) {
    const cost = costOf(build, neighbours, context)
    if (best === undefined || cost < best.cost) best = { build, cost }
  }
  return best?.build
}

function costOf(build: Build, { before, after }: Neighbours, context: PathContext): number {
  const gates = gateCost(stepOf([build], after, context)) + (before === undefined ? 0 : gateCost(stepOf(before, build, context)))
  const lowers = context.etcdWithBuild && lowersEtcd(build.etcd, after.etcd) ? 1 : 0
  return gates * 4 + lowers * 2 + (isBuiltLater(build, after, context) ? 1 : 0)
}

function gateCost({ verdict }: EtcdStep): number {
  return { Open: 0, Met: 0, Unknown: 1, Unmet: 2 }[verdict]
}

/** The step of etcd from what members run to a build; open where builds do not bring etcd. */
export function stepOf(from: Members, to: Build, { line, etcdWithBuild }: PathContext): EtcdStep {
  return etcdWithBuild ? judgeEtcdStep(lowestEtcd(from), { line, minor: to.version.minor, etcd: to.etcd }) : { verdict: 'Open' }
}

/**
 * True when a k3s build comes from a later month than the one that is to follow it: the image rancher/k3s-upgrade refuses such a step.
 * Dates of release stand for dates of build. Source: k3s-upgrade, scripts/upgrade.sh.
 */
export function isBuiltLater(from: Build, to: Build, { distribution }: PathContext): boolean {
  if (distribution !== 'k3s' || from.released === undefined || to.released === undefined) return false
  return monthOf(from.released) > monthOf(to.released)
}

/** `2026-02` of `2026-02-03`. */
export function monthOf(date: string): string {
  return date.slice(0, 'YYYY-MM'.length)
}
