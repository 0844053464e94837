import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditedRequest } from '../../rig/audit-log.ts'
import type { PlanStage } from './stage.ts'

/** What the controller has asked for since then, but for its Lease, its watches, and the server's version, which it looks at twice a minute. */
export function requestsSince(stage: PlanStage, sinceMs: number): string[] {
  const told = ({ verb, resource, name }: AuditedRequest) => `${verb} ${resource} ${name}`.trim()
  return stage.plane
    .requests('sut')
    .filter((request) => request.atMs >= sinceMs)
    .filter(({ verb, resource }) => verb !== 'watch' && resource !== 'leases' && resource !== '/version')
    .map(told)
}

/** Resolves when nothing has been asked for during two seconds, with their beginning: events are written a little later than what they tell. */
export async function untilAtRest(stage: PlanStage): Promise<number> {
  for (let tries = 0; tries < 30; tries++) {
    const sinceMs = Date.now()
    await sleep(2000)
    if (requestsSince(stage, sinceMs).length === 0) return sinceMs
  }
  throw new Error(`the controller does not come to rest: ${requestsSince(stage, Date.now() - 5000).join(', ')}`)
}
