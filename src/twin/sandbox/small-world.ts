import { StatusError } from '../api/status-error.ts'
import { type SandboxCluster, type SandboxClusterOptions, type SandboxObject, sandboxCluster } from '../load/sandbox-cluster.ts'
import type { WarmUpClock } from '../time/warm-up-clock.ts'
import type { Twin } from '../twin.ts'
import type { WorldSource } from './sandbox-world.ts'

const minuteMs = 60_000

/** Nine nodes with workloads that have run for twenty minutes. */
export function smallWorld(options: Pick<SandboxClusterOptions, 'distribution' | 'version'>): WorldSource {
  return clusterWorld(options.version, (random) => sandboxCluster({ ...options, random }))
}

/** A cluster that somebody has made up, with workloads that have run for twenty minutes. `version` is that of the API server. */
export function clusterWorld(version: string, make: (random: () => number) => SandboxCluster): WorldSource {
  return {
    ageMs: 20 * minuteMs,
    make: async ({ random }) => {
      const { machines, objects } = make(random)
      return {
        version,
        load: (twin) => twin.addNodes(machines),
        apply: async (twin, clock) => {
          // until the service accounts of the first namespaces are there
          await clock.advance(5_000)
          for (const object of objects) await create(twin, object, clock)
        },
      }
    },
  }
}

/** What is refused for now (the token of a service account is not there yet) is sent again as long as there is past to spend. */
async function create(twin: Twin, { resource, draft }: SandboxObject, clock: WarmUpClock): Promise<void> {
  const lastMs = clock.now() + 10 * minuteMs
  for (;;) {
    try {
      await twin.api.client.create(resource, draft)
      return
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.reason !== 'ServerTimeout' || clock.now() > lastMs) throw error
      await clock.advance(1_000)
    }
  }
}
