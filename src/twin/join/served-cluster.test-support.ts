import type { Pod } from 'kubernetes-types/core/v1'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../cluster/clock.ts'
import type { ClusterAccess } from '../../cluster/cluster-access.ts'
import { serveTwin } from '../api/serve/serve-twin.ts'
import { as } from '../kube-object.ts'
import { loopbackCertificate } from '../sandbox/loopback-certificate.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwin } from '../twin.ts'

export const administrator = 'token-of-the-administrator'
export const nobody = 'token-of-nobody'

/** A cluster without nodes at an address of its own; `before` sees each request. Ends with the test. */
export async function servedCluster(
  before: (line: string, twin: Awaited<ReturnType<typeof createTwin>>) => Promise<void> = async () => {},
) {
  const keys = await loopbackCertificate()
  const tokens = [
    { token: administrator, user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] } },
    { token: nobody, user: { username: 'nobody', groups: ['system:authenticated'] } },
  ]
  const access = { tokens, rootCertificate: keys.cert }
  const twin = await createTwin({ clock: systemClock, random: seededRandom(1), version: 'v1.30.4', access, clusterCidr: '10.0.0.0/8' })
  await twin.start()
  const lines: string[] = []
  const handle: typeof twin.api.server.handle = async (request) => {
    const line = `${request.method} ${request.path}`
    lines.push(line)
    await before(line, twin)
    return await twin.api.server.handle(request)
  }
  const served = await serveTwin({ server: { handle }, ...keys })
  onTestFinished(async () => {
    await served.close()
    twin.close()
  })
  const { store } = twin.api.registry
  const accessOf = (token: string): ClusterAccess => {
    const credentials = async () => ({ headers: { authorization: `Bearer ${token}` }, ca: keys.cert })
    const at = { server: served.url, source: 'a test', namespace: 'default', tlsVerify: 'Verify', proxy: { kind: 'None' } } as const
    return { ...at, credentials, renew: credentials }
  }
  return {
    client: twin.api.client,
    store,
    lines,
    accessOf,
    nodeNames: () => store.list('nodes').map(({ metadata }) => metadata.name),
    pods: () => store.list('pods').map((pod) => as<Pod>(pod)),
  }
}
