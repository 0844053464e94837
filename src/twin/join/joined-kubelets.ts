import type { ApiClient } from '../../cluster/api-client.ts'
import type { Clock } from '../../cluster/clock.ts'
import type { ClusterAccess } from '../../cluster/cluster-access.ts'
import type { Log } from '../../cluster/log.ts'
import { ClusterKubeletApi } from '../kubelet/cluster-kubelet-api.ts'
import { KubeletFleet } from '../kubelet/kubelet-fleet.ts'
import { PodLogs } from '../kubelet/pod-logs.ts'
import { ServiceAccountApi } from '../kubelet/service-account-api.ts'
import { knownImages } from '../machine/effects/known-images.ts'
import { joinedPace } from './joined-pace.ts'
import { serveKubeletLogs } from './kubelet-log-server.ts'

interface JoinedKubeletsOptions {
  readonly access: ClusterAccess
  readonly client: ApiClient
  readonly clock: Clock
  readonly random: () => number
  readonly speed?: number
  readonly log: Log
  /** Pods of these nodes are run; it may grow until the fleet is started. */
  readonly ours: ReadonlySet<string>
  /** Whether the API server can reach this machine at a loopback address. */
  readonly isNear: boolean
}

interface JoinedKubelets {
  readonly fleet: KubeletFleet
  /** Where the API server finds logs; absent where it cannot reach this machine. */
  readonly logPort?: number
  close(): Promise<void>
}

/** Reserved for ever, so that no pod of the cluster has such an address. Source: RFC 1112, class E. */
const podBlock = 250

/** Kubelets of nodes of another cluster, what their containers may do there, and the server of their logs. They stand still until they are started. */
export async function joinedKubelets(options: JoinedKubeletsOptions): Promise<JoinedKubelets> {
  const { access, client, clock, random, speed = 1, log, ours } = options
  const logs = new PodLogs()
  const logServer = options.isNear ? await serveKubeletLogs(logs, clock) : undefined
  const accounts = new ServiceAccountApi(access, client.transport)
  const fleet = new KubeletFleet({
    api: new ClusterKubeletApi(client, { random, log, isOurs: (node) => ours.has(node), existingNodes: 'Refuse' }),
    clock,
    random,
    logs,
    podBlock,
    ...joinedPace(speed, knownImages({ api: accounts.of, clock })),
    ...(logServer === undefined ? {} : { onContainer: logServer.happened }),
  })
  return {
    fleet,
    ...(logServer === undefined ? {} : { logPort: logServer.port }),
    async close() {
      fleet.stop()
      await logServer?.close()
      await accounts.close()
    },
  }
}
