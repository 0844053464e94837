import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { compareEtcd, etcdText, parseEtcdVersion } from '../../version/etcd-version.ts'
import { compareUpstream, type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import type { ClusterUpgradeStatus } from '../api/upgrade-status.ts'
import type { RunContext } from '../node/node-turn.ts'
import type { ClusterHealth, Trouble } from './cluster-health.ts'

type Before = NonNullable<ClusterUpgradeStatus['before']>

/** What is kept of the beginning stays small: of further troubles the number is told, and none of them is held against the run. */
const mostKept = 100
const mostCharactersKept = 8_000
const mostFindings = 30
const longestFinding = 250

/** What is kept in the status of how a cluster was before its run: only what was not well. */
export function healthBefore(health: ClusterHealth, nodes: readonly NodeFacts[], nowMs: number): Before {
  const all = troublesOf(health, nodes)
  const kept: Before['troubles'][number][] = []
  let characters = 0
  for (const { what, missing } of all.slice(0, mostKept)) {
    characters += what.length
    if (characters > mostCharactersKept) break
    kept.push({ what, missing })
  }
  const [unread] = health.unread
  const more = all.length - kept.length
  return { at: timestamp(nowMs), troubles: kept, ...(more === 0 ? {} : { more }), ...(unread === undefined ? {} : { unread }) }
}

/**
 * What is not as it was before the run, or not of its version: each one sentence with a name. Empty when everything is. What was not well before and is not worse is
 * nobody's finding.
 */
export function findings(
  before: Before,
  health: ClusterHealth,
  context: Pick<RunContext, 'facts' | 'target' | 'settings'>,
): readonly string[] {
  const known = new Map(before.troubles.map(({ what, missing }) => [what, missing] as const))
  const isWorse = ({ what, missing }: Trouble) => missing > (known.get(what) ?? (before.more === undefined ? 0 : Number.POSITIVE_INFINITY))
  const worse = troublesOf(health, context.facts.nodes).filter(isWorse)
  const all = [
    ...worse.map(({ what, told }) => `${what} ${told}, and was better before the run`),
    ...oldComponents(health, context),
    ...[...new Set([...health.unread, ...(before.unread === undefined ? [] : [before.unread])])].map((why) => `not compared: ${why}`),
  ].map((text) => text.slice(0, longestFinding))
  return all.length <= mostFindings ? all : [...all.slice(0, mostFindings - 1), `and ${all.length - mostFindings + 1} more`]
}

function troublesOf({ troubles }: ClusterHealth, nodes: readonly NodeFacts[]): readonly Trouble[] {
  const away = nodes.filter(({ ready }) => !ready).map(({ name }) => ({ what: `Node ${name}`, missing: 1, told: 'is not Ready' }))
  return [...away, ...troubles.toSorted((a, b) => (a.what < b.what ? -1 : 1))]
}

/** Pools follow their control plane: with them nothing of it was to change. */
function oldComponents({ components }: ClusterHealth, { target, settings }: Pick<RunContext, 'target' | 'settings'>): readonly string[] {
  if (settings.scope === 'Pools') return []
  const old = components
    .filter(({ version, of }) => of === undefined && isOlder(version, target))
    .map(({ pod, version }) => `Pod ${pod} runs ${version}, older than ${target.text}`)
  return [...old, ...oldMembers(components)]
}

/** kubeadm before v1.17 could pass over etcd on all control planes but the first. Source: Kubernetes 1.17 release notes, kubeadm. */
function oldMembers(components: ClusterHealth['components']): readonly string[] {
  const members = components.flatMap(({ pod, version, of }) => {
    const read = of === 'Etcd' ? parseEtcdVersion(version) : undefined
    return read === undefined ? [] : [{ pod, read }]
  })
  const newest = members
    .map(({ read }) => read)
    .toSorted(compareEtcd)
    .at(-1)
  if (newest === undefined) return []
  const behind = members.filter(({ read }) => compareEtcd(read, newest) < 0)
  return behind.map(
    ({ pod, read }) =>
      `Pod ${pod} runs etcd ${etcdText(read)}, and another member ${etcdText(newest)}: run kubeadm upgrade node there again`,
  )
}

function isOlder(text: string, target: KubernetesVersion): boolean {
  const version = parseVersion(text)
  return version !== undefined && compareUpstream(version, target) < 0
}
