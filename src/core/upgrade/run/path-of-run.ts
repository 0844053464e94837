import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { isVirtual } from '../../kubernetes/virtual-node.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import { judgedOnce } from '../../version/judged-once.ts'
import { compareVersions, type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import { upgradeWorkOf } from '../jobs/upgrade-image.ts'
import { quarantineLabel } from '../node/node-cordon.ts'
import type { RunContext } from '../node/node-turn.ts'
import { computePath } from '../path/compute-path.ts'
import { buildMonth } from '../path/hop-way-points.ts'
import { type Hop as PathHop, type PathRequest, pathRisks, type WayPoint } from '../path/upgrade-path.ts'
import { isBelow } from '../path/version-set.ts'
import { hostsAlone, hostsHop } from './hosts-hop.ts'
import type { NextHop } from './next-hop.ts'
import { plannedPath } from './planned-path.ts'
import type { NodeGroups } from './pools.ts'

/** Where the run has to go next, from what every node of the cluster reports now; hosts that were changed in no hop come last. */
export function nextHop(groups: NodeGroups, context: RunContext): NextHop {
  if (context.settings.scope === 'Hosts') return hostsAlone(groups, context)
  const next = versionHop(groups, context)
  return next.kind === 'Arrived' ? (hostsHop(groups, next.path, context) ?? next) : next
}

function versionHop(groups: NodeGroups, context: RunContext): NextHop {
  const { settings, facts } = context
  if (groups.controlPlane.length === 0) {
    return refused(
      'no node has the label node-role.kubernetes.io/control-plane: label the control-plane nodes, as kubeadm, k3s and RKE2 do',
    )
  }
  const work = upgradeWorkOf(context)
  if (work.kind === 'None') return refused(work.message)
  if (settings.scope === 'Pools') return poolsHop(groups, context)
  const workers = facts.nodes.filter((node) => !isControlPlane(node))
  const found = computePath(pathRequest(groups, workers, context))
  if (found.kind === 'Refused') return refused(`${found.message} (${found.source})`)
  const unmet = unmetWayPoint(found.path.hops, context)
  if (unmet !== undefined) return refused(unmet)
  const [first, ...later] = found.path.hops
  const path = found.path.hops.map(({ version }) => version)
  if (first === undefined) return { kind: 'Arrived', path }
  return settings.scope === 'ControlPlane' ? controlPlaneHop(first, later, context) : clusterHop(first, groups, path, context)
}

function pathRequest({ controlPlane }: NodeGroups, workers: readonly NodeFacts[], { target, settings, facts }: RunContext): PathRequest {
  const servers = versionsOf(controlPlane)
  const answered = answeredVersion(facts.apiServer, servers)
  return {
    // an API server that still answers with an older version counts as well
    from: {
      controlPlane: answered === undefined ? servers : [...servers, answered],
      nodes: versionsOf(workers),
    },
    to: target,
    workers: settings.workers,
    releases: facts.releases,
    bringReleases: 'with --releases FILE, to the controller as well (FALKIRK_RELEASES, docs/path.md)',
    acceptedRisks: pathRisks.filter((risk) => settings.acceptedRisks.has(risk)),
  }
}

/** What is known not to hold is told before anything begins, and not when the run has come to it. */
function unmetWayPoint(hops: readonly PathHop[], context: RunContext): string | undefined {
  for (const { version, wayPoints } of hops) {
    const unmet = wayPoints.find((wayPoint) => holdsRun(wayPoint, context))
    if (unmet === undefined) continue
    const { id, needs, reason, source } = unmet
    return `the hop to ${version} needs that ${needs}: ${reason} (${source}); see to it, then accept it in spec.acceptedRisks with check ${id}`
  }
  return undefined
}

/** Doubt about etcd holds a run as well: what goes wrong there loses members, or data. */
function holdsRun({ id, state }: WayPoint, { settings }: RunContext): boolean {
  const isOpen = state === 'Required' || (state === 'Check' && id.startsWith('etcd-'))
  return isOpen && !settings.acceptedRisks.has(id) && !(ownImageRules.has(id) && settings.upgrade !== undefined)
}

/** Rules of the distribution's own upgrade image. */
const ownImageRules: ReadonlySet<string> = new Set([buildMonth])

/** What an API server says of itself; undefined where a proxy in front answers with a version of its own. */
export function answeredVersion(apiServer: string, servers: readonly KubernetesVersion[]): KubernetesVersion | undefined {
  const answered = parseVersion(apiServer)
  return servers.some((server) => server.vendor?.name === answered?.vendor?.name) ? answered : undefined
}

/** Different versions that these nodes report. */
export function versionsOf(nodes: readonly NodeFacts[]): readonly KubernetesVersion[] {
  const kubelets = nodes.filter((node) => !isVirtual(node)).map(({ kubeletVersion }) => kubeletVersion)
  return [...new Set(kubelets)].flatMap((text) => parseVersion(text) ?? [])
}

/** Nodes that have to move and that the run may not touch hold it: whoever named the nodes has to name them too. */
function clusterHop(first: PathHop, { pools }: NodeGroups, path: readonly string[], context: RunContext): NextHop {
  const { facts } = context
  const isMoving = moves(first)
  const isWorkLeft = !isThere(first, context) || pools.some(({ nodes }) => nodes.some(isMoving))
  const outside = first.nodes.cause === 'Target' ? undefined : outsiders(facts.nodes, pools).find(isMoving)
  if (outside !== undefined) {
    const why = `${outside.name} (kubelet ${outside.kubeletVersion}) has to move first: ${first.nodes.reason}`
    const isSetAside = outside.labels[quarantineLabel] !== undefined
    if (!isSetAside) return refused(`${why}; upgrade it, or add it to spec.nodes`)
    if (!isWorkLeft) return { kind: 'HeldUp', message: `${why}; it was set aside: mend it, or delete its Node` }
  }
  if (path.length === 1 && !isWorkLeft) return { kind: 'Arrived', path }
  return { kind: 'Hop', hop: hopOf(first, path, context, new Set(first.nodes.from)), path }
}

/** Workers that the run may not touch, or has set aside. */
function outsiders(nodes: readonly NodeFacts[], pools: NodeGroups['pools']): readonly NodeFacts[] {
  const own = new Set(pools.flatMap((pool) => pool.nodes.map(({ name }) => name)))
  return nodes.filter((node) => !isControlPlane(node) && !isVirtual(node) && !own.has(node.name))
}

/** With the control plane alone, nodes stay; where they may not, the run is refused before it makes them too old. */
function controlPlaneHop(first: PathHop, later: readonly PathHop[], context: RunContext): NextHop {
  const path = [first, ...later].map(({ version }) => version)
  if (isThere(first, context)) {
    const needed = later.length > 0 ? first : undefined
    if (needed === undefined) return { kind: 'Arrived', path }
    return refused(
      `nodes have to move to ${first.version} before the control plane goes on: ${first.nodes.reason}; upgrade them with scope Pools or Cluster`,
    )
  }
  return { kind: 'Hop', hop: hopOf(first, path, context, new Set()), path }
}

/** Named pools alone: as far as the control plane is, and no further. */
function poolsHop({ controlPlane, pools }: NodeGroups, context: RunContext): NextHop {
  const { target, facts } = context
  const path = [target.text]
  const behind = controlPlane.find(({ kubeletVersion }) => {
    const running = parseVersion(kubeletVersion)
    return running !== undefined && isBelow(running, target)
  })
  if (behind !== undefined) {
    return refused(
      `${behind.name} runs ${behind.kubeletVersion}, and no kubelet may be newer than an API server: upgrade the control plane first`,
    )
  }
  const answered = answeredVersion(facts.apiServer, versionsOf(controlPlane))
  if (answered !== undefined && isBelow(answered, target))
    return refused(`an API server answers as ${answered.text}, and no kubelet may be newer: upgrade the control plane first`)
  const nodes = pools.flatMap((pool) => pool.nodes)
  const higher = nodes.find(({ kubeletVersion }) => orderOf(kubeletVersion, target) === 1)
  if (higher !== undefined)
    return refused(`${higher.name} runs ${higher.kubeletVersion} and ${target.text} is lower: a node is never lowered`)
  const moving = new Set(
    nodes.filter(({ kubeletVersion }) => orderOf(kubeletVersion, target) !== 0).map(({ kubeletVersion }) => kubeletVersion),
  )
  if (moving.size === 0) return { kind: 'Arrived', path }
  return { kind: 'Hop', hop: { version: target, number: 1, of: 1, moving }, path }
}

function orderOf(kubeletVersion: string, target: KubernetesVersion): number | undefined {
  const running = parseVersion(kubeletVersion)
  return running === undefined ? undefined : compareVersions(running, target)
}

function isThere({ controlPlane }: PathHop, { facts }: RunContext): boolean {
  const servers = facts.nodes.filter(isControlPlane)
  return (
    controlPlane.from === controlPlane.to && servers.every(({ kubeletVersion }) => parseVersion(kubeletVersion)?.text === controlPlane.to)
  )
}

function moves({ nodes }: PathHop): (node: NodeFacts) => boolean {
  const judge = judgedOnce((version) => version !== undefined && nodes.from.includes(version.text))
  return ({ kubeletVersion }) => judge(kubeletVersion)
}

/** The path that was planned tells how many hops there are; those that are left tell which of them this is. */
function hopOf(
  { version }: PathHop,
  path: readonly string[],
  { facts, target }: RunContext,
  moving: ReadonlySet<string>,
): Extract<NextHop, { kind: 'Hop' }>['hop'] {
  const planned = plannedPath(facts.upgrade, path)
  const of = Math.max(planned.length, path.length)
  const at = planned.indexOf(version)
  return { version: parseVersion(version) ?? target, number: at < 0 ? of - path.length + 1 : at + 1, of, moving }
}

function refused(message: string): NextHop {
  return { kind: 'Refused', message }
}
