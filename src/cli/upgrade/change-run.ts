import type { ApiClient } from '../../cluster/api-client.ts'
import { isConflict, isNotFound } from '../../cluster/api-error.ts'
import { clusterUpgrades } from '../../cluster/resource.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { findRun } from './find-run.ts'
import { hasEnded, type RunState, runState } from './run-state.ts'

/** What people want of a run that is there. */
export type RunChange = 'Pause' | 'Continue' | 'Cancel'

/** A change of the spec and what is said of it, or why there is none. */
export type ChangeDecision =
  | {
      readonly kind: 'Patch'
      readonly spec: { readonly action: RunState['action']; readonly continueFrom?: number }
      readonly said: string
    }
  | { readonly kind: 'Nothing'; readonly said: string }
  | { readonly kind: 'Refused'; readonly message: string }

/** Decides what a change does to a run as it is. A run that has ended is not changed: that would begin another. */
export function decideChange(run: RunState, change: RunChange): ChangeDecision {
  const { name, status, action } = run
  if (hasEnded(run))
    return { kind: 'Refused', message: `ClusterUpgrade ${name} has ended (${status.phase}): there is nothing to ${change.toLowerCase()}` }
  const atWork = (status.inFlight ?? []).map(({ node }) => node)
  const finishing =
    atWork.length === 0
      ? 'no node is at work'
      : `${atWork.slice(0, 5).join(', ')}${atWork.length > 5 ? ' and others' : ''} ${atWork.length === 1 ? 'finishes' : 'finish'} first`
  switch (change) {
    case 'Pause':
      if (action === 'Pause') return { kind: 'Nothing', said: `${name} is paused already` }
      if (action === 'Cancel')
        return { kind: 'Refused', message: `ClusterUpgrade ${name} is being cancelled: it cannot be paused any more` }
      return {
        kind: 'Patch',
        spec: { action: 'Pause' },
        said: `${name} is paused: no further batch is started, ${finishing}; falkirk continue ${name} goes on`,
      }
    case 'Continue':
      return decideContinue(run)
    case 'Cancel':
      if (action === 'Cancel') return { kind: 'Nothing', said: `${name} is being cancelled already` }
      return { kind: 'Patch', spec: { action: 'Cancel' }, said: `${name} is cancelled: no further node is started, ${finishing}` }
  }
}

/** On from a pause, and from the last stop where there is one. */
function decideContinue({ name, status, action, continueFrom }: RunState): ChangeDecision {
  if (action === 'Cancel') return { kind: 'Refused', message: `ClusterUpgrade ${name} is being cancelled: make a new one to go on` }
  const stop = status.stop !== undefined && status.stop.number > continueFrom ? status.stop.number : undefined
  if (action === 'Run' && status.phase === 'Refused')
    return { kind: 'Refused', message: `ClusterUpgrade ${name} is refused, and not paused: ${status.message}` }
  if (action === 'Run' && stop === undefined) return { kind: 'Nothing', said: `${name} is not paused: it is under way` }
  const spec = { action: 'Run', ...(stop === undefined ? {} : { continueFrom: stop }) } as const
  return {
    kind: 'Patch',
    spec,
    said: `${name} goes on${stop === undefined ? '' : ` from stop ${stop}`}; falkirk status ${name} -w follows it`,
  }
}

const mostTries = 5

/**
 * Changes the run of that name, or the only one that has not ended; the sentence says what follows. Written over what was seen: a run that ends
 * meanwhile is looked at again. Throws FK_NO_RUN, FK_UPGRADE_REFUSED, and as the API does.
 */
export async function changeRun(client: ApiClient, name: string | undefined, change: RunChange): Promise<string> {
  let run = await findRun(client, name)
  for (let tries = 1; ; tries += 1) {
    const decision = decideChange(run, change)
    if (decision.kind === 'Refused') throw new FalkirkError('FK_UPGRADE_REFUSED', decision.message)
    if (decision.kind === 'Nothing') return decision.said
    const body = { metadata: { resourceVersion: run.resourceVersion }, spec: decision.spec }
    try {
      await client.patch(clusterUpgrades, { name: run.name }, { type: 'merge', body })
      return decision.said
    } catch (error) {
      if (isNotFound(error)) throw new FalkirkError('FK_NO_RUN', `ClusterUpgrade ${run.name} was deleted meanwhile`, { cause: error })
      if (!isConflict(error) || tries >= mostTries) throw error
      run = runState(await client.get<KubeObject>(clusterUpgrades, { name: run.name }))
    }
  }
}
