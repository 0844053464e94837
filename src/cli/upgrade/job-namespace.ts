import type { ApiClient } from '../../cluster/api-client.ts'
import { isAlreadyExists } from '../../cluster/api-error.ts'
import { namespaces } from '../../cluster/resource.ts'

/** Sees to it that the namespace of Jobs is there, with the Pod Security that they need; true when it was made. An existing one stays as it is. */
export async function ensureJobNamespace(client: ApiClient, name: string): Promise<boolean> {
  if ((await client.find(namespaces, { name })) !== undefined) return false
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' }
  try {
    await client.create(namespaces, { metadata: { name, labels } })
    return true
  } catch (error) {
    if (isAlreadyExists(error)) return false
    throw error
  }
}
