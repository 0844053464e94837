import { setTimeout as sleep } from 'node:timers/promises'
import type { PlainApi } from '../plain-api.ts'

const liveWithinMs = 120_000
const name = 'rig-canary'

/**
 * Resolves when a new namespace gets its service account: a controller-manager leads. That a pod of kube-system is Ready says less, and comes
 * later: kubelets of 1.20 may take a minute to tell what a startup probe has found.
 */
export async function untilControllersLive(api: PlainApi): Promise<void> {
  const deadline = Date.now() + liveWithinMs
  await api.post('/api/v1/namespaces', { metadata: { name } })
  for (;;) {
    const failure = await api.get(`/api/v1/namespaces/${name}/serviceaccounts/default`).then(
      () => undefined,
      (error: Error) => error,
    )
    if (failure === undefined) break
    if (Date.now() > deadline) throw new Error(`no controller-manager works after ${liveWithinMs / 1000} s: ${failure.message}`)
    await sleep(200)
  }
  await api.delete(`/api/v1/namespaces/${name}`)
}
