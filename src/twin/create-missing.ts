import { StatusError } from './api/status-error.ts'
import type { DraftObject } from './kube-object.ts'
import type { TwinClient } from './twin-client.ts'

/** Creates an object unless there is one of its name: what a cluster brought with it stays as it is. */
export async function createMissing(client: TwinClient, resource: string, draft: DraftObject): Promise<void> {
  const { namespace, name = '' } = draft.metadata ?? {}
  if (client.store.get(resource, namespace, name) !== undefined) return
  try {
    await client.create(resource, draft)
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== 'AlreadyExists') throw error
  }
}
