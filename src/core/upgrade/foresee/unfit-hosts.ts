import { hostRecipe } from '../../recipe/host-recipe.ts'
import type { PlannedOrder } from '../../recipe/transcript.ts'

/** Hosts that a run would be refused on, one sentence each. */
export interface UnfitHosts {
  /** As they are now: there is no use in beginning with others. */
  readonly now: readonly string[]
  /** At a later hop, as they will be found then: until it comes somebody may have mended them. */
  readonly later: readonly string[]
}

const untouched = /; nothing was touched$/

/** Judges what is asked of hosts, in order, before any of it is begun; the first refusal of each host is told. Pure. */
export function unfitHosts(planned: readonly PlannedOrder[]): UnfitHosts {
  const seen = new Map<string, 'Fits' | 'Refused'>()
  const now: string[] = []
  const later: string[] = []
  for (const { order, facts } of planned) {
    const before = seen.get(order.node)
    if (order.step !== 'Stage' || before === 'Refused') continue
    const recipe = hostRecipe(order, facts)
    seen.set(order.node, recipe.kind === 'Refused' ? 'Refused' : 'Fits')
    if (recipe.kind !== 'Refused') continue
    const message = recipe.message.startsWith(`${order.node}: `) ? recipe.message : `${order.node}: ${recipe.message}`
    if (before === undefined) now.push(message)
    else later.push(`${message.replace(untouched, '')}; the run would stop there, at ${order.version}`)
  }
  return { now, later }
}
