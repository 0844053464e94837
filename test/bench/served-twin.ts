import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/cluster/clock.ts'
import type { TwinServer } from '../../src/twin/api/http/twin-server.ts'
import { serveTwin } from '../../src/twin/api/serve/serve-twin.ts'
import { clusterCidrOf } from '../../src/twin/load/cluster-cidr.ts'
import type { GenerateOptions } from '../../src/twin/load/generator/cluster-shape.ts'
import { generateCluster } from '../../src/twin/load/generator/generate-cluster.ts'
import { loadObjects } from '../../src/twin/load/load-objects.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import { createTwin, type Twin, type TwinOptions } from '../../src/twin/twin.ts'
import { createAuthority, issueServer } from '../loopback/certificates.ts'
import { kubeconfigText } from '../rig/plain-kubeconfig.ts'

/** A generated cluster in this process that others reach over HTTPS, in real time. */
export interface ServedTwinCluster {
  readonly twin: Twin
  readonly url: string
  readonly token: string
  readonly kubeconfig: string
}

export interface ServedTwinOptions {
  readonly kubelets?: TwinOptions['kubelets']
  /** Listens to what the API server is asked. */
  readonly around?: (handle: TwinServer['handle']) => TwinServer['handle']
}

const token = 'bench'

/** Serves one for as long as `use` takes; its kubeconfig is a file of `folder`. */
export async function servedTwin<T>(
  folder: string,
  size: Pick<GenerateOptions, 'nodes' | 'pods' | 'masters'>,
  use: (cluster: ServedTwinCluster) => Promise<T>,
  { kubelets, around = (handle) => handle }: ServedTwinOptions = {},
): Promise<T> {
  const { objects, version } = generateCluster({ ...size, nowMs: Date.now() })
  const access = { tokens: [{ token, user: { username: 'bench', groups: ['system:masters'] } }] }
  const twin = await createTwin({
    clock: systemClock,
    random: seededRandom(1),
    version,
    access,
    clusterCidr: clusterCidrOf(objects),
    ...(kubelets === undefined ? {} : { kubelets }),
  })
  await loadObjects(twin, objects)
  const authority = await createAuthority()
  const handle = around((request) => twin.api.server.handle(request))
  const server = await serveTwin({ server: { handle }, ...(await issueServer(authority)) })
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText({ server: server.url, ca: authority.cert, token }, 'bench'), { mode: 0o600 })
  try {
    return await use({ twin, url: server.url, token, kubeconfig })
  } finally {
    await server.close()
    twin.close()
  }
}
