import { parse } from 'yaml'
import type { ApiClient } from '../../cluster/api-client.ts'
import { clusterUpgrades, namespaces, nodes } from '../../cluster/resource.ts'
import { type NodeFacts, nodeFacts } from '../../core/kubernetes/node-facts.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { lineOf } from '../../core/version/distribution.ts'
import { knownBuilds } from '../../core/version/known-builds.ts'
import { compareVersions, parseVersion } from '../../core/version/kubernetes-version.ts'
import type { Releases } from '../../core/version/releases.ts'
import { hasEnded, type RunState, runState } from '../upgrade/run-state.ts'
import type { Candidate } from './complete-words.ts'

/** Runs with their phase, the newest first. */
export async function runCandidates(client: ApiClient, which: 'All' | 'UnderWay'): Promise<readonly Candidate[]> {
  const runs = (await client.list<KubeObject>(clusterUpgrades)).items.map(runState)
  return runs
    .filter((run) => which === 'All' || !hasEnded(run))
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .map((run) => ({ value: run.name, description: runText(run) }))
}

function runText({ goal = 'no version that can be read', status: { phase } }: RunState): string {
  return `to ${goal}, ${phase ?? 'not looked at yet'}`
}

export async function namespaceCandidates(client: ApiClient): Promise<readonly Candidate[]> {
  return (await client.list<KubeObject>(namespaces)).items.map(({ metadata }) => ({ value: metadata.name }))
}

export async function listNodes(client: ApiClient): Promise<readonly NodeFacts[]> {
  const found: NodeFacts[] = []
  await client.list(nodes, {
    trim: (raw) => {
      found.push(nodeFacts(raw))
      return raw as never
    },
  })
  return found
}

export function nodeCandidates(all: readonly NodeFacts[]): readonly Candidate[] {
  return all.map(({ name, kubeletVersion, ready }) => ({ value: name, description: `${kubeletVersion}${ready ? '' : ', not Ready'}` }))
}

/** Labels of Kubernetes itself and of clouds tell machines apart, not pools, but for those that say so. */
const foreignLabel = /(^|[./])(kubernetes|k8s|k3s|rke2)\.(io|cattle\.io)\//
const poolLabel = /node-?(pool|group)/i

/** Pools by labels of nodes that are no control plane, as `--pools` takes them, and those of the file of `-f` by their names. */
export function poolCandidates(all: readonly NodeFacts[], manifest: string | undefined): readonly Candidate[] {
  const counts = new Map<string, number>()
  for (const { labels } of all) {
    if (Object.keys(labels).some((key) => /^node-role\.kubernetes\.io\/(control-plane|master)$/.test(key))) continue
    for (const [key, value] of Object.entries(labels)) {
      if (value === '' || (foreignLabel.test(key) && !poolLabel.test(key))) continue
      counts.set(`${key}=${value}`, (counts.get(`${key}=${value}`) ?? 0) + 1)
    }
  }
  const labels = [...counts].toSorted().map(([value, count]) => ({ value, description: count === 1 ? '1 node' : `${count} nodes` }))
  return [...poolsOfFile(manifest), ...labels]
}

function poolsOfFile(manifest: string | undefined): readonly Candidate[] {
  if (manifest === undefined) return []
  const { spec } = (parse(manifest, { maxAliasCount: 100 }) ?? {}) as { spec?: { pools?: readonly { name?: string }[] } }
  return (spec?.pools ?? []).flatMap(({ name }) => (typeof name === 'string' ? [{ value: name, description: 'of the file' }] : []))
}

/** How many minors ahead are worth a proposal. */
const minorsAhead = 3

/** The newest patch of the cluster's own minor and of the next ones, as its distribution names them. */
export function versionCandidates(gitVersion: string, releases: Releases): readonly Candidate[] {
  const now = parseVersion(gitVersion)
  const line = now === undefined ? undefined : lineOf(now)
  if (now === undefined || line === undefined) return []
  return Array.from({ length: minorsAhead + 1 }, (_, ahead) => knownBuilds(releases, line, now.minor + ahead)[0]).flatMap((build) => {
    if (build === undefined || compareVersions(build.version, now) !== 1) return []
    const ahead = build.version.minor - now.minor
    return [
      {
        value: build.version.text,
        description: ahead === 0 ? `newest patch of v1.${now.minor}` : `${ahead} minor${ahead === 1 ? '' : 's'} on`,
      },
    ]
  })
}

/** Names of the contexts of kubeconfig files; a file that cannot be read has none. */
export function contextCandidates(texts: readonly string[]): readonly Candidate[] {
  const names = texts.flatMap((text) => {
    const { contexts } = (parse(text, { maxAliasCount: 100 }) ?? {}) as { contexts?: readonly { name?: string }[] }
    return (contexts ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  })
  return [...new Set(names)].map((value) => ({ value }))
}
