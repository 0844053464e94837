import type { Build } from '../../version/build-etcd.ts'
import { etcdText } from '../../version/etcd-version.ts'
import { knownBuilds } from '../../version/known-builds.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { Members } from './members.ts'
import type { ScheduledStop } from './node-schedule.ts'
import type { PathContext } from './path-context.ts'
import { isBuiltLater, monthOf, stepOf } from './pick-build.ts'
import type { WayPoint } from './upgrade-path.ts'
import { type KnownWayPoint, knownWayPoints } from './way-point-data.ts'

/** Name of the way-point of builds that the image rancher/k3s-upgrade refuses. */
export const buildMonth = 'k3s-build-month'

/**
 * What has to be true before a stop.
 *
 * @param before what the control plane runs before it
 */
export function wayPointsOf(stop: ScheduledStop, before: Members, context: PathContext): readonly WayPoint[] {
  const movesControlPlane = stop.controlPlane.some((version) => version.text !== stop.build.version.text)
  const ofBuilds = movesControlPlane ? [etcdWayPoint(before, stop.build, context), monthWayPoint(before, stop.build, context)] : []
  const known = knownWayPoints.flatMap((wayPoint) => wayPointOfMinor(wayPoint, stop, context) ?? [])
  return [...ofBuilds.flatMap((wayPoint) => wayPoint ?? []), ...known]
}

function etcdWayPoint(before: Members, after: Build, context: PathContext): WayPoint | undefined {
  const step = stepOf(before, after, context)
  if (step.verdict === 'Open' || stepOf(context.members, after, context).verdict === 'Met') return undefined
  const { id, least, reason, source } = step.gate
  const state = { Met: 'MetByPath', Unmet: 'Required', Unknown: 'Check' } as const
  const way = step.verdict === 'Met' ? `; ${before[0]?.version.text} brings it` : howToMeet(after, context, etcdText(least))
  const needs = `every member of etcd runs ${etcdText(least)} or a later patch${way}`
  return { id, when: 'BeforeControlPlane', state: state[step.verdict], needs, reason, source }
}

/** kubeadm deploys what its table says, unless the configuration of the cluster names another image. */
function howToMeet(after: Build, { distribution }: PathContext, least: string): string {
  if (distribution !== 'kubeadm') return ''
  const own = `set etcd.local.imageTag to ${least}-0 and run kubeadm upgrade apply at v1.${after.version.minor - 1} once more`
  return ` (${own}, then take the tag out; external etcd is upgraded by itself)`
}

function monthWayPoint(members: Members, after: Build, context: PathContext): WayPoint | undefined {
  const before = members.find((member) => isBuiltLater(member, after, context))
  if (before?.released === undefined || after.released === undefined) return undefined
  const builds = knownBuilds(context.request.releases, context.line, after.version.minor)
  const month = monthOf(before.released)
  const later = builds.find((build) => build.released !== undefined && monthOf(build.released) >= month)
  const other = later === undefined ? '' : `, or ${later.version.text} is the stop`
  return {
    id: buildMonth,
    when: 'BeforeControlPlane',
    state: 'Required',
    needs: `nodes are changed by other means than the image rancher/k3s-upgrade${other}`,
    reason: `that image refuses ${after.version.text} (${monthOf(after.released)}), as ${before.version.text} was built in a later month (${month})`,
    source: 'https://github.com/k3s-io/k3s-upgrade/blob/master/scripts/upgrade.sh',
  }
}

function wayPointOfMinor(known: KnownWayPoint, stop: ScheduledStop, { distribution }: PathContext): WayPoint | undefined {
  if (!known.distributions.includes(distribution)) return undefined
  const enters = (version: KubernetesVersion) => version.minor < known.minor && known.minor <= stop.build.version.minor
  const { id, needs, reason, source } = known
  if (stop.controlPlane.some(enters)) return { id, when: 'BeforeControlPlane', state: 'Check', needs, reason, source }
  if (known.before === 'ControlPlane' || !stop.moving.some(enters)) return undefined
  return { id, when: 'BeforeNodes', state: 'Check', needs, reason, source }
}
