import { healthBefore } from '../health/verify-cluster.ts'
import { statusOfRun } from '../status/status-of-run.ts'
import type { SeenRun, Stock } from './run-view.ts'

/** What was read longer ago than this says little of the beginning. */
const freshMs = 60_000

/** Takes stock before the first node is begun: at the end all has to be as ready as it was. */
export function takeStock({ context, works, next, hold }: SeenRun): Stock {
  const { facts, settings, nowMs } = context
  const { before, startedAt } = statusOfRun(facts.upgrade)
  if (before !== undefined) return { kind: 'Taken', before }
  if (next.kind !== 'Hop' || hold !== undefined || works.length > 0 || startedAt !== undefined) return { kind: 'None' }
  const { health } = facts
  if (health !== undefined && nowMs < health.atMs + freshMs) return { kind: 'Taken', before: healthBefore(health, facts.nodes, nowMs) }
  const message = 'takes stock of the cluster before it begins'
  const stage = settings.scope === 'Pools' ? 'Nodes' : 'ControlPlane'
  return { kind: 'Missing', started: { actions: [], batches: new Map(), stage, message } }
}
