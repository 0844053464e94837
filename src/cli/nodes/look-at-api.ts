import { apiMembers, apiNode, hostsToAsk, ownPlace } from '../../core/api-path/api-members.ts'
import type { ApiSight } from '../../core/api-path/api-sight.ts'
import type { ApiSurroundings, ApiWay } from '../../core/api-path/api-way.ts'
import { judgeApiPath } from '../../core/api-path/judge-api-path.ts'
import { type HostWay, hostWays, wayFindings } from '../../core/api-path/way-findings.ts'
import type { Finding } from '../../core/host/finding.ts'
import type { NodeOverview } from '../../core/host/node-overview.ts'
import { askApiPath } from '../../node/ask-api-path.ts'
import type { Host } from '../../node/host.ts'
import type { HostReport, NodeReport } from './node-report.ts'

/** How the hosts of a cluster reach its API. */
export interface ApiView {
  /** Who has answered at the addresses that several control planes share. */
  readonly sights: readonly ApiSight[]
  /** Where the kubelet of each host goes, in a few words. */
  readonly ways: ReadonlyMap<string, string>
  /** Why nobody was asked who answers; one clause. */
  readonly unasked?: string
}

type Seen = Extract<HostReport, { kind: 'Seen' }>

/** Judges the way to the API by what hosts have told, and asks them who answers there; the reports with what was found. Only kubeadm's have such a way. */
export async function lookAtApi(
  all: readonly NodeOverview[],
  reports: readonly NodeReport[],
  hostOf: (name: string) => Host,
): Promise<{ readonly api: ApiView; readonly reports: readonly NodeReport[] }> {
  const seen = reports.flatMap(({ node, host }) => (host.kind === 'Seen' && isUpstream(host) ? [{ node, host }] : []))
  const told = new Map(seen.map(({ node, host }) => [node.name, ownPlace(host.facts) ?? '']))
  const members = apiMembers(all.map(apiNode), told)
  const hosts = seen.flatMap(({ node, host: { facts } }) => (facts.api === undefined ? [] : [{ name: node.name, api: facts.api }]))
  const around = { members, hosts }
  // whoever does not know what each API server shows knows nobody behind a balancer
  const unseen = members.filter(({ name }) => !told.has(name)).map(({ name }) => name)
  const isWhole = members.length > 1 && unseen.length === 0
  const toAsk = isWhole ? hostsToAsk(seen.map(({ node }) => apiNode(node))) : []
  const asked = await askApiPath(
    toAsk.map(({ name }) => ({ name, host: hostOf(name) })),
    members.length,
  )
  const proof = judgeApiPath({ members, hosts: asked })
  const byWay = wayFindings(around)
  const more = (name: string): readonly Finding[] => [
    ...(byWay.get(name) ?? []),
    ...proof.findings.flatMap(({ hosts: of, ...finding }) => (of.includes(name) ? [finding] : [])),
  ]
  const judged = reports.map((report) => ({ ...report, findings: [...report.findings, ...more(report.node.name)] }))
  const isPart = members.length > 1 && seen.length > 0 && !isWhole
  const unasked = isPart ? { unasked: `who answers was not asked, as not all control planes were looked at (${unseen.join(', ')})` } : {}
  return { api: { sights: proof.sights, ways: waysOf(around), ...unasked }, reports: judged }
}

function isUpstream({ layout: { distribution } }: Seen): boolean {
  return distribution === 'kubeadm' || distribution === 'upstream'
}

function waysOf(around: ApiSurroundings): ReadonlyMap<string, string> {
  return new Map(around.hosts.map((host) => [host.name, wayText(hostWays(host, around)[0])]))
}

function wayText(found: HostWay | undefined): string {
  return found === undefined ? '' : `${found.server.replace('https://', '')}${wayWords(found.way)}`
}

function wayWords(way: ApiWay): string {
  switch (way.kind) {
    case 'Own':
      return ' (its own)'
    case 'Member':
      return ` (${way.member} alone)`
    case 'Local':
      return ' (on the host)'
    case 'Shared':
      return way.heldBy === undefined ? '' : ` (${way.heldBy} has it)`
    case 'Unknown':
      return ''
  }
}
