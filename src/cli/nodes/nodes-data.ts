import type { ApiSight } from '../../core/api-path/api-sight.ts'
import { etcdText } from '../../core/version/etcd-version.ts'
import { yamlText } from '../yaml-text.ts'
import type { HostReport, NodeReport } from './node-report.ts'
import type { NodesView } from './nodes-table.ts'

/** What `-o json` and `-o yaml` print: `{target?, api?, nodes: [{…, host, findings}]}`. Fields are added with time; none is renamed or taken away. */
export function nodesData({ reports, target, api }: NodesView, format: 'json' | 'yaml'): string {
  const data = { ...(target === undefined ? {} : { target }), ...(api && { api: api.sights.map(sightData) }), nodes: reports.map(nodeData) }
  return format === 'json' ? JSON.stringify(data, null, 2) : yamlText(data).trimEnd()
}

function sightData({ answered, ...sight }: ApiSight): object {
  return { ...sight, answered: Object.fromEntries(answered) }
}

function nodeData({ node, host, findings }: NodeReport): object {
  return { ...node, host: hostData(host), findings }
}

function hostData(host: HostReport): object {
  if (host.kind !== 'Seen') return host.kind === 'Failed' ? { state: 'Failed', message: host.message } : { state: 'Unseen' }
  const { version, etcd, ...layout } = host.layout
  const etcdData =
    etcd === undefined ? {} : { etcd: { ...etcd, ...(etcd.version === undefined ? {} : { version: etcdText(etcd.version) }) } }
  return {
    state: 'Seen',
    layout: { ...layout, ...(version === undefined ? {} : { version: version.text }), ...etcdData },
    facts: host.facts,
  }
}
