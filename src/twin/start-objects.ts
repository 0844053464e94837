import { createMissing } from './create-missing.ts'
import type { TwinClient } from './twin-client.ts'

/** What a cluster has before anybody puts something into it. Source: Kubernetes, post-start hooks of the API server. */
export async function startObjects(client: TwinClient): Promise<void> {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    await createMissing(client, 'namespaces', { metadata: { name } })
  }
  for (const { name, value, description } of criticalClasses) {
    await createMissing(client, 'priorityclasses.scheduling.k8s.io', { metadata: { name }, value, description })
  }
}

const criticalClasses = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]
