import type { ApiClient } from '../../cluster/api-client.ts'
import { isNotFound } from '../../cluster/api-error.ts'
import { clusterUpgrades } from '../../cluster/resource.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { nearestText } from '../../core/nearest-text.ts'
import { hasEnded, type RunState, runState } from './run-state.ts'

/**
 * The run of that name; without a name the only one that has not ended, or the newest where all have and `ended` says so.
 * Throws FK_NO_RUN in one sentence that names the runs that are there.
 */
export async function findRun(client: ApiClient, name: string | undefined, ended: 'NotEnded' | 'OrNewest' = 'NotEnded'): Promise<RunState> {
  const runs = (await listRuns(client)).map(runState)
  if (name !== undefined) return named(runs, name)
  const going = runs.filter((run) => !hasEnded(run))
  const [only] = going
  if (going.length > 1)
    throw noRun(`${going.length} ClusterUpgrades have not ended: name one of ${going.map((run) => run.name).join(', ')}`)
  if (only !== undefined) return only
  const newest = runs.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0]
  if (newest === undefined) throw noRun('there is no ClusterUpgrade: falkirk upgrade --to VERSION makes one')
  if (ended === 'OrNewest') return newest
  throw noRun(`no ClusterUpgrade is under way; the last one, ${newest.name}, is ${newest.status.phase}`)
}

/** Every ClusterUpgrade. Throws FK_NO_RUN where their API is not there. */
async function listRuns(client: ApiClient): Promise<readonly KubeObject[]> {
  try {
    return (await client.list<KubeObject>(clusterUpgrades)).items
  } catch (error) {
    throw isNotFound(error) ? noApi(error) : error
  }
}

export function noApi(cause: unknown): FalkirkError {
  const message =
    'this cluster has no API of ClusterUpgrades: install the controller (kubectl apply -k deploy/base), or run it from here (falkirk run)'
  return new FalkirkError('FK_NO_RUN', message, { cause })
}

function named(runs: readonly RunState[], name: string): RunState {
  const found = runs.find((run) => run.name === name)
  if (found !== undefined) return found
  const names = runs.map((run) => run.name)
  const near = nearestText(name, names)
  const others = names.length === 0 ? 'there is none' : near === undefined ? `there are ${names.slice(0, 5).join(', ')}` : `is it ${near}?`
  throw noRun(`there is no ClusterUpgrade ${name}: ${others}`)
}

function noRun(message: string): FalkirkError {
  return new FalkirkError('FK_NO_RUN', message)
}
