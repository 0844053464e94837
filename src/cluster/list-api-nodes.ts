import { type ApiNode, apiNode } from '../core/api-path/api-members.ts'
import { nodeOverview } from '../core/host/node-overview.ts'
import type { ApiClient } from './api-client.ts'
import { listAll } from './list-all.ts'
import { nodes } from './resource.ts'

/** The nodes of a cluster, trimmed to where they are and whether an API server runs there; in the order of their names. */
export async function listApiNodes({ transport }: Pick<ApiClient, 'transport'>): Promise<readonly ApiNode[]> {
  const { items } = await listAll(transport, nodes, { trim: (raw) => apiNode(nodeOverview(raw)) })
  return items.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
