import type { ApiClient } from '../../cluster/api-client.ts'
import type { Clock } from '../../cluster/clock.ts'
import type { ClusterAccess } from '../../cluster/cluster-access.ts'
import type { Log } from '../../cluster/log.ts'
import { ClusterKubeletApi } from '../kubelet/cluster-kubelet-api.ts'
import type { ImageBehaviour } from '../kubelet/image-behaviour.ts'
import { type FleetOptions, KubeletFleet } from '../kubelet/kubelet-fleet.ts'
import { PodLogs } from '../kubelet/pod-logs.ts'
import { ServiceAccountApi } from '../kubelet/service-account-api.ts'
import { knownImages } from '../machine/effects/known-images.ts'
import { type JoinedPace, joinedPace } from './joined-pace.ts'
import { serveKubeletLogs } from './kubelet-log-server.ts'

interface JoinedKubeletsOptions {
  readonly access: ClusterAccess
  readonly client: ApiClient
  readonly clock: Clock
  readonly random: () => number
  readonly speed?: number
  readonly log: Log
  /** Whether pods of a node are kept; asked when a pod is heard of. */
  readonly isOurs: (node: string) => boolean
  /** Whether the API server can reach this machine at a loopback address. */
  readonly isNear: boolean
  /** How long what takes on their machines, and what images do there beside `images`, which act on the cluster; `joinedPace` of `speed` unless told. */
  readonly pace?: (images: readonly ImageBehaviour[]) => JoinedPace
  readonly fleet?: Pick<FleetOptions, 'events' | 'heartbeats' | 'onContainer' | 'retrySeconds'>
  /** What becomes of a Node that is there already; a refusal unless told. */
  readonly existingNodes?: 'TakeOver' | 'Refuse'
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
  const { access, client, clock, random, speed = 1, log, isOurs, existingNodes = 'Refuse' } = options
  const pace = options.pace ?? ((images) => joinedPace(speed, images))
  const logs = new PodLogs()
  const logServer = options.isNear ? await serveKubeletLogs(logs, clock) : undefined
  const accounts = new ServiceAccountApi(access, client.transport)
  const fleet = new KubeletFleet({
    api: new ClusterKubeletApi(client, { random, log, isOurs, existingNodes }),
    clock,
    random,
    logs,
    podBlock,
    ...pace(knownImages({ api: accounts.of, clock })),
    ...options.fleet,
    onContainer(happening) {
      logServer?.happened(happening)
      options.fleet?.onContainer?.(happening)
    },
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
