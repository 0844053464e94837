import { setTimeout as sleep } from 'node:timers/promises'
import type { ConformanceCase } from './conformance-case.ts'
import { SideClient } from './side-client.ts'
import type { Side } from './sides/side.ts'
import { Steps } from './steps.ts'
import type { Transcript } from './transcript/transcript.ts'

export interface CaseRun {
  readonly namespace: string
  /** Path of the kubectl that cases use. */
  readonly kubectl: string
  /** Waits until its pods have left the nodes. */
  readonly leavesNodesFree?: boolean
}

/** Runs a case on one side, in a namespace of its own that goes afterwards. */
export async function runCase(
  side: Side,
  { run }: ConformanceCase,
  { namespace, kubectl, leavesNodesFree = false }: CaseRun,
): Promise<Transcript> {
  const client = new SideClient(side)
  try {
    await openNamespace(client, namespace)
    const steps = new Steps({ side, client, namespace, kubectl })
    try {
      await run(steps)
      return steps.transcript()
    } finally {
      await steps.close()
    }
  } finally {
    await client.request('DELETE', `/api/v1/namespaces/${namespace}`)
    if (leavesNodesFree) await podsGone(client, namespace)
    await client.close()
  }
}

/** Before a namespace has its service account, pods are refused. Its token is not mounted: a pod then looks the same in all releases. */
async function openNamespace(client: SideClient, namespace: string): Promise<void> {
  const metadata = { name: namespace }
  const made = await client.request('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
  if (made.status !== 201) throw new Error(`namespace ${namespace} was not created: ${JSON.stringify(made.body)}`)
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`
  const contentType = 'application/merge-patch+json'
  for (let tries = 0; tries < 300; tries += 1) {
    const { status } = await client.request('PATCH', account, { body: { automountServiceAccountToken: false }, contentType })
    if (status === 200 && (await admitsPods(client, namespace))) return
    await sleep(100)
  }
  throw new Error(`namespace ${namespace} got no service account`)
}

async function podsGone(client: SideClient, namespace: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { body } = await client.request('GET', `/api/v1/namespaces/${namespace}/pods`)
    if ((body as { items?: readonly unknown[] }).items?.length === 0) return
    await sleep(100)
  }
}

/** Up to 1.23 a service account needs a token of its own first. */
async function admitsPods(client: SideClient, namespace: string): Promise<boolean> {
  const body = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'a', image: 'x' }] } }
  return (await client.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body })).status === 201
}
