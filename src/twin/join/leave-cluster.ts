import type { Pod } from 'kubernetes-types/core/v1'
import type { ApiClient } from '../../cluster/api-client.ts'
import { isConflict, isNotFound } from '../../cluster/api-error.ts'
import { listAll } from '../../cluster/list-all.ts'
import { nodes, pods, type Resource } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { eachOf } from './each-of.ts'

/** How much has been deleted. */
export interface Left {
  readonly nodes: number
  readonly pods: number
}

/** A scheduler that has not heard yet that a node is gone may bind a pod to it. */
const mostRounds = 3

/** Deletes the Nodes with a label, and then every pod that is bound to them: nobody else would tell that their containers have ended. */
export async function leaveCluster(client: ApiClient, labelSelector: string): Promise<Left> {
  const found = await client.list<KubeObject>(nodes, { labelSelector, trim: withoutContent })
  await eachOf(found.items, (node) => remove(client, nodes, node))
  const names = new Set(found.items.map(({ metadata }) => metadata.name))
  let removed = 0
  for (let round = 0; round < mostRounds; round += 1) {
    const bound = await podsOn(client, names)
    await eachOf(bound, (pod) => remove(client, pods, pod))
    removed += bound.length
    if (bound.length === 0) break
  }
  return { nodes: names.size, pods: removed }
}

async function podsOn(client: ApiClient, names: ReadonlySet<string>): Promise<readonly KubeObject[]> {
  const trim = (pod: unknown) => (names.has((pod as Pod).spec?.nodeName ?? '') ? withoutContent(pod) : undefined)
  const { items } = await listAll<KubeObject | undefined>(client.transport, pods, { fieldSelector: 'spec.nodeName!=', trim })
  return items.filter((pod) => pod !== undefined)
}

function withoutContent(object: unknown): KubeObject {
  const { name, namespace, uid } = (object as KubeObject).metadata
  return { metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) } } as KubeObject
}

/** That one alone: another of the same name stays. */
async function remove(client: ApiClient, resource: Resource, { metadata }: KubeObject): Promise<void> {
  const { name, namespace, uid } = metadata
  const at = namespace === undefined ? { name } : { namespace, name }
  try {
    await client.delete(resource, at, { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { preconditions: { uid } }) })
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error
  }
}
