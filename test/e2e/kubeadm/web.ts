import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { webService, webServicePort } from '../hosts/web-service.ts'

const webNamespace = 'shop'

/** A web service of two replicas, a budget and a port on each node; resolves when both are Ready. */
export async function webPods(cluster: KubeadmCluster): Promise<void> {
  await cluster.kubectl(['create', 'namespace', webNamespace])
  await cluster.kubectl(['-n', webNamespace, 'apply', '-f', '-'], { input: webService('v1beta1') })
  await cluster.kubectl(['-n', webNamespace, 'rollout', 'status', 'deployment/web', '--timeout=180s'])
}

/** Where the service answers: each worker. */
export function webUrls(cluster: KubeadmCluster): string[] {
  return cluster.workers.map(({ address }) => `http://${address}:${webServicePort}/`)
}

/** Resolves when a pod reaches the service by its name, and this machine by each worker. */
export async function untilServed(cluster: KubeadmCluster): Promise<void> {
  // the client's own time limit crashes
  const byName = [
    '-n',
    webNamespace,
    'exec',
    'deploy/web',
    '--',
    'timeout',
    '5',
    'wget',
    '-qO-',
    `http://web.${webNamespace}.svc.cluster.local/`,
  ]
  await until('a pod reaches the service by its name', async () => (await cluster.kubectl.attempt(byName)).stdout === 'served\n')
  for (const url of webUrls(cluster)) {
    await until(`${url} answers`, async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok)
  }
}

/** kube-proxy and the cluster's DNS hear of a pod a moment after it is Ready. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not seen within 120 s: ${what}`)
    await sleep(300)
  }
}
