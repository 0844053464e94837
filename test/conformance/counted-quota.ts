import type { SomeObject } from './answer.ts'
import type { Steps } from './steps.ts'

const leases = 'coordination.k8s.io/v1:leases'

/**
 * Makes the quota `q`, and waits until its use is counted and admission goes by it. Until it hears of a quota, a server lets everything
 * through; until it hears what is counted, it refuses everything. Both end when it refuses what a quota that was counted later has no room for.
 */
export async function makeQuota(
  c: Steps,
  spec: { readonly hard: object; readonly [field: string]: unknown },
  pick: (quota: SomeObject) => unknown,
): Promise<void> {
  await c.make('resourcequotas', { metadata: { name: 'q' }, spec })
  const counted = ({ status }: SomeObject) => Object.keys((status as { used?: object }).used ?? {}).length === Object.keys(spec.hard).length
  await c.until('resourcequotas/q', counted, { pick })
  await c.make('resourcequotas', { metadata: { name: 'later' }, spec: { hard: { 'count/leases.coordination.k8s.io': '0' } } })
  await c.settled('the quotas are known', async () => {
    const { body } = await c.quietly('POST', `${leases}?dryRun=All`, { body: { metadata: { name: 'probe' } } })
    return (body as { message?: string }).message?.includes('exceeded quota') === true
  })
}
