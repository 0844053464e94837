import { type ApiNode, apiNode } from '../core/api-path/api-members.ts'
import { nodeOverview } from '../core/host/node-overview.ts'
import type { ApiClient } from './api-client.ts'
import { nodes } from './resource.ts'

/** The nodes of a cluster, trimmed to where they are and whether an API server runs there; in the order of their names. */
export async function listApiNodes(client: Pick<ApiClient, 'list'>): Promise<readonly ApiNode[]> {
  const found: ApiNode[] = []
  await client.list(nodes, {
    trim: (raw) => {
      found.push(apiNode(nodeOverview(raw)))
      return raw as never
    },
  })
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
