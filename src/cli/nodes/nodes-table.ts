import { sightText } from '../../core/api-path/judge-api-path.ts'
import type { Finding } from '../../core/host/finding.ts'
import type { HostLayout } from '../../core/host/layout.ts'
import { alignColumns, fitColumns } from '../align-columns.ts'
import { wrapText } from '../wrap-text.ts'
import type { ApiView } from './look-at-api.ts'
import type { NodeReport } from './node-report.ts'

export interface NodesView {
  readonly reports: readonly NodeReport[]
  /** Where the cluster is to go. */
  readonly target?: string
  readonly looked: boolean
  /** How hosts reach the API; absent where they were not looked at. */
  readonly api?: ApiView
}

/** A row for each node, then what an upgrade would meet, each thing once with its nodes. No line is wider than the columns. */
export function nodesTable(view: NodesView, columns: number): string {
  const head = ['NODE', 'VERSION', 'RUNTIME', view.looked ? 'HOST' : 'ROLE, OS']
  const rows = view.reports.map((report) => {
    const { name, version, runtime, os } = report.node
    return [name, version, runtime, [roleText(report), view.looked ? hostText(report) : os, ...states(report)].join(', ')]
  })
  const table = fitColumns([head, ...rows], columns).flat()
  return [...table, ...apiLines(view, columns), ...findingLines(view.reports, columns, 4), ...footLines(view, columns)].join('\n')
}

/** The same with what else is known of each host, and every name, in lines as long as they are. */
export function wideNodesTable(view: NodesView): string {
  const head = [
    'NODE',
    'ROLE',
    'VERSION',
    'RUNTIME',
    'OS',
    'KERNEL',
    ...(view.looked ? ['CGROUP', 'ETCD', 'HOLDS', 'FREE', 'API', 'HOST'] : []),
  ]
  const rows = view.reports.map((report) => {
    const { name, version, runtime, os, kernel } = report.node
    const found = view.looked
      ? [...wideCells(report), view.api?.ways.get(name) ?? '', [hostText(report), ...states(report)].join(', ')]
      : [states(report).join(', ')]
    return [name, roleText(report), version, runtime, os, kernel, ...found]
  })
  const wide = Number.MAX_SAFE_INTEGER
  return [
    ...alignColumns([head, ...rows]),
    ...apiLines(view, wide),
    ...findingLines(view.reports, wide, wide),
    ...footLines(view, wide),
  ].join('\n')
}

function roleText({ node }: NodeReport): string {
  return node.roles.length === 0 ? 'worker' : node.roles.join(', ')
}

/** How a host is put together. */
function hostText({ host }: NodeReport): string {
  return host.kind === 'Seen' ? layoutText(host.layout) : 'FAILED, see below'
}

/** What the API says is wrong with a node. */
function states({ node }: NodeReport): readonly string[] {
  return [...(node.ready ? [] : ['not Ready']), ...(node.schedulable ? [] : ['cordoned'])]
}

function layoutText({ distribution, role, owner, etcd, version }: HostLayout): string {
  const parts: string[] = [distribution ?? (role === 'Etcd' ? 'etcd alone' : 'no kubelet')]
  if (owner?.kind === 'Package') parts.push('by package')
  if (owner?.kind === 'File') parts.push('by file')
  if (version === undefined && distribution !== undefined) parts.push('version unknown')
  if (etcd !== undefined && etcd.kind !== 'None') parts.push(`${etcd.kind.toLowerCase()} etcd`)
  return parts.join(', ')
}

function wideCells({ host }: NodeReport): readonly string[] {
  if (host.kind !== 'Seen') return ['', '', '', '']
  const { facts, layout } = host
  const held = facts.packages.holds.map(({ name }) => name)
  const free = facts.disks.find(({ path }) => path === '/var/lib') ?? facts.disks[0]
  const etcd = layout.etcd === undefined ? '' : [layout.etcd.kind, layout.etcd.version?.join('.') ?? ''].join(' ').trim()
  return [facts.os.cgroup ?? '', etcd, held.join(','), free === undefined ? '' : `${(free.freeKib / 1_048_576).toFixed(1)} GiB`]
}

/** Who has answered at each address of the API. */
function apiLines({ api }: NodesView, columns: number): readonly string[] {
  const texts = [...(api?.sights ?? []).map(sightText), ...(api?.unasked === undefined ? [] : [api.unasked])]
  const told = texts.flatMap((text) => lines('API', text, columns))
  return told.length === 0 ? [] : ['', ...told]
}

const severities = { Blocks: 'BLOCKS', Risk: 'RISK', Note: 'NOTE' } as const
const indent = ' '.repeat(8)

interface Told extends Finding {
  readonly nodes: readonly string[]
}

/** Hosts of a cluster are alike: what many of them have is told once. */
function findingLines(reports: readonly NodeReport[], columns: number, mostNames: number): readonly string[] {
  const failures = reports.flatMap(({ node, host }) =>
    host.kind === 'Failed' ? lines('FAILED', `${node.name}: ${host.message}`, columns) : [],
  )
  const findings = grouped(reports).flatMap(({ severity, message, fix, nodes }) => [
    ...lines(severities[severity], message, columns),
    ...lines('', `→ ${fix}`, columns),
    ...lines('', `on ${namesText(nodes, reports.length, mostNames)}`, columns),
  ])
  return [failures, findings].flatMap((part) => (part.length === 0 ? [] : ['', ...part]))
}

function grouped(reports: readonly NodeReport[]): readonly Told[] {
  const groups = new Map<string, Told>()
  for (const { node, findings } of reports) {
    for (const finding of findings) {
      const key = `${finding.severity} ${finding.message} ${finding.fix}`
      groups.set(key, { ...finding, nodes: [...(groups.get(key)?.nodes ?? []), node.name] })
    }
  }
  const order = Object.keys(severities)
  return [...groups.values()].toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}

function namesText(names: readonly string[], all: number, most: number): string {
  if (names.length === all && all > 1) return `all ${all} nodes`
  return names.length <= most ? names.join(', ') : `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`
}

function lines(word: string, text: string, columns: number): readonly string[] {
  const [first = '', ...rest] = wrapText(text, Math.max(columns - indent.length, 20))
  return [`${word.padEnd(indent.length)}${first}`, ...rest.map((line) => `${indent}${line}`)]
}

function footLines({ reports, target, looked }: NodesView, columns: number): readonly string[] {
  const found = reports.some(({ findings, host }) => findings.length > 0 || host.kind === 'Failed')
  const said: string[] = []
  if (!found && looked)
    said.push(
      target === undefined
        ? 'Nothing was found that an upgrade would meet.'
        : `Nothing on these hosts stands in the way to ${target}; falkirk path has the hops.`,
    )
  if (!looked) said.push('Hosts were not looked at: add --via ssh.')
  if (looked && target === undefined) said.push('What a version would meet there: --to VERSION.')
  return said.length === 0 ? [] : ['', ...wrapText(said.join(' '), columns)]
}
