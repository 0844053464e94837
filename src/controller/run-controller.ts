import { loadClusterAccess } from '../cluster/kube-config.ts'
import { createMemberTransport } from '../cluster/member-transport.ts'
import { version } from '../core/build-info.ts'
import type { ControllerOptions } from './controller-options.ts'
import { type HealthServer, startHealthServer } from './health-server.ts'
import { type ControllerMetrics, createMetrics, measureProcess } from './metrics.ts'
import { Readiness } from './readiness.ts'
import { type ClusterPorts, serveCluster } from './serve-cluster.ts'

/** What comes from the machine: everything that the controller itself does not make. */
export interface ControllerPorts extends Omit<ClusterPorts, 'transport' | 'source' | 'metrics' | 'readiness'> {
  /** A person can answer what an exec plugin asks. */
  readonly interactive: boolean
}

/**
 * Runs the controller as a process does: address and credentials as a kubeconfig or a pod has them, and an address for probes.
 * Throws as `serveCluster` does, and `FalkirkError` for what is wrong with a kubeconfig or the address.
 */
export async function runController(options: ControllerOptions, ports: ControllerPorts): Promise<void> {
  const metrics = createMetrics()
  measureProcess(metrics)
  const readiness = new Readiness()
  const health = await serveHealth(options.listen, metrics, readiness)
  try {
    const { kubeconfig, context, master } = options
    const access = await loadClusterAccess({ env: ports.env, interactive: ports.interactive, ...given({ kubeconfig, context, master }) })
    const onMove = (server: string, why: string) => ports.log.info({ server, why }, 'asks another API server')
    const transport = createMemberTransport(access, { version, clock: ports.clock, onMove })
    try {
      // in a pod all API servers are behind one address
      const servers = access.inCluster === true ? {} : { servers: transport }
      await serveCluster(options, { ...ports, ...servers, transport, source: access.source, metrics, readiness })
    } finally {
      await transport.close()
    }
  } finally {
    await health?.close()
  }
}

/** A queue that nobody works off for so long is a loop that hangs: a restart helps. */
const hangsAfterMs = 600_000

async function serveHealth(listen: string, metrics: ControllerMetrics, readiness: Readiness): Promise<HealthServer | undefined> {
  if (listen === '') return undefined
  return await startHealthServer(listen, {
    alive: () => (metrics.oldestMs() > hangsAfterMs ? 'plans have waited to be looked at for more than ten minutes' : undefined),
    ready: () => readiness.reason(),
    registry: metrics.registry,
  })
}

function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> }
}
