import { createApiClient } from '../../src/cluster/api-client.ts'
import type { EventInput } from '../../src/cluster/event-record.ts'
import { silentLog } from '../../src/cluster/log.ts'
import { VirtualClock } from '../../src/cluster/virtual-clock.ts'
import { createMetrics } from '../../src/controller/metrics.ts'
import type { Shell } from '../../src/controller/shell.ts'
import { defaultPlanSettings } from '../../src/core/plan/plan-settings.ts'
import { shippedReleases } from '../../src/core/version/shipped-releases.ts'
import { newest } from './client.ts'
import { MemoryApi } from './memory-api.ts'

/** A controller's ports on a server in this process, in virtual time. */
export interface MemoryShell {
  readonly api: MemoryApi
  readonly clock: VirtualClock
  readonly shell: Shell
  /** Events recorded so far. */
  readonly events: readonly EventInput[]
}

export function memoryShell(more: Partial<Shell> = {}): MemoryShell {
  const clock = new VirtualClock({ startMs: Date.UTC(2026, 10, 21, 12) })
  const api = new MemoryApi()
  const events: EventInput[] = []
  const recorder = { record: (e: EventInput) => void events.push(e), flush: async () => {}, stop: async () => {}, dropped: () => 0 }
  const shell: Shell = {
    client: createApiClient(api, newest, { clock }),
    clock,
    random: () => 0.5,
    log: silentLog,
    events: recorder,
    metrics: createMetrics(),
    controllerName: 'system-upgrade-controller',
    namespace: 'system-upgrade',
    host: 'n1',
    identity: 'n1',
    clusterId: 'cluster-id',
    settings: defaultPlanSettings,
    releases: shippedReleases(),
    threads: 2,
    channelFetch: async () => ({ kind: 'Failed', message: 'no channel here' }),
    onReflectorProblem: () => {},
    ...more,
  }
  return { api, clock, shell, events }
}
