import { StatusError } from './api/status-error.ts'
import type { DraftObject } from './kube-object.ts'
import type { TwinClient } from './twin-client.ts'

/** What a cluster has before anybody puts something into it. Source: Kubernetes, post-start hooks of the API server. */
export async function startObjects(client: TwinClient): Promise<void> {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    await createMissing(client, 'namespaces', { metadata: { name } })
  }
  for (const { name, value } of criticalClasses) {
    const description = 'Used for system critical pods that must not be moved from their current node.'
    await createMissing(client, 'priorityclasses.scheduling.k8s.io', { metadata: { name }, value, description })
  }
}

const criticalClasses = [
  { name: 'system-node-critical', value: 2_000_001_000 },
  { name: 'system-cluster-critical', value: 2_000_000_000 },
]

/** What is there already, from a snapshot, stays as it is. */
async function createMissing(client: TwinClient, resource: string, draft: DraftObject): Promise<void> {
  try {
    await client.create(resource, draft)
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== 'AlreadyExists') throw error
  }
}
