import { setTimeout as sleep } from 'node:timers/promises'
import type { SomeObject } from './answer.ts'
import type { SideClient } from './side-client.ts'

/** Before a namespace has its service account, pods are refused. Its token is not mounted: a pod then looks the same in all releases. */
export async function openNamespace(client: SideClient, namespace: string): Promise<void> {
  const metadata = { name: namespace }
  const made = await client.request('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
  if (made.status !== 201) throw new Error(`namespace ${namespace} was not created: ${JSON.stringify(made.body)}`)
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`
  const contentType = 'application/merge-patch+json'
  for (let tries = 0; tries < 300; tries += 1) {
    const { status } = await client.request('PATCH', account, { body: { automountServiceAccountToken: false }, contentType })
    if (status === 200 && (await admitsPods(client, namespace)) && (await hasCertificate(client, namespace))) return
    await sleep(100)
  }
  throw new Error(`namespace ${namespace} got no service account`)
}

/** Deletes it. Pods that are still going would be seen by others, and a namespace takes its own along only after five seconds. */
export async function closeNamespace(
  client: SideClient,
  namespace: string,
  { leavesNodesFree }: { leavesNodesFree: boolean },
): Promise<void> {
  if (leavesNodesFree) await removePods(client, namespace)
  await client.request('DELETE', `/api/v1/namespaces/${namespace}`)
}

async function removePods(client: SideClient, namespace: string): Promise<void> {
  for (const owners of ['apps/v1:deployments', 'apps/v1:replicasets', 'batch/v1:jobs']) {
    const [group, plural] = owners.split(':')
    await client.request('DELETE', `/apis/${group}/namespaces/${namespace}/${plural}?propagationPolicy=Background`)
  }
  const pods = `/api/v1/namespaces/${namespace}/pods`
  for (let tries = 0; tries < 200; tries += 1) {
    await client.request('DELETE', `${pods}?gracePeriodSeconds=0`)
    const { body } = await client.request('GET', pods)
    if ((body as SomeObject).items?.length === 0) return
    await sleep(100)
  }
}

/** Up to 1.23 a service account needs a token of its own first; admission may hear later that it is not mounted. */
async function admitsPods(client: SideClient, namespace: string): Promise<boolean> {
  const body = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'a', image: 'x' }] } }
  const answer = await client.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })
  return answer.status === 201 && ((answer.body as SomeObject).spec.volumes ?? []).length === 0
}

async function hasCertificate(client: SideClient, namespace: string): Promise<boolean> {
  return (await client.request('GET', `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`)).status === 200
}
