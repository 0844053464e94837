import { decideOrphans } from '../../core/plan/decide-orphans.ts'
import type { Shell } from '../shell.ts'
import { actionFields } from './action-fields.ts'
import { carryOut } from './carry-out.ts'
import { JournalChanged } from './journal-writes.ts'
import { identityOf, type PlanCaches, withJournal } from './plan-caches.ts'

/** Clears away what deleted Plans left behind; true when there was something. Throws what the API server answers to a write. */
export async function clearOrphans(shell: Shell, caches: PlanCaches): Promise<boolean> {
  const { namespace, log } = shell
  const planUids = new Map([...caches.plans.values()].map((p) => [`${namespace}/${p.name}`, identityOf(p).uid] as const))
  const nodes = [...caches.nodes.byIndex(withJournal, 'yes')]
  const actions = decideOrphans({
    planUids,
    nodes,
    jobs: [...caches.jobs.values()],
    ...(caches.seesPods() ? { pods: [...caches.pods.values()] } : {}),
    namespace,
  })
  for (const action of actions) {
    log.info(actionFields(action), 'clears away what a deleted plan left')
    if (action.kind !== 'PatchNode' && action.kind !== 'DeleteJob') continue
    try {
      await carryOut(shell, caches, action, (name) => nodes.find((n) => n.name === name)?.journal)
    } catch (error) {
      // what is there now is looked at in the next turn
      if (!(error instanceof JournalChanged)) throw error
    }
  }
  return actions.length > 0
}
