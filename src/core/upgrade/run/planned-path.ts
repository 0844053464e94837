import type { ClusterUpgrade } from '../api/cluster-upgrade.ts'
import { statusOfRun } from '../status/status-of-run.ts'

/** The path that a run began with, while it still ends where it has to; otherwise what is to come of it, as another version was named since. */
export function plannedPath(upgrade: Pick<ClusterUpgrade, 'metadata' | 'status'>, toCome: readonly string[]): readonly string[] {
  const planned = statusOfRun(upgrade).path
  return planned !== undefined && planned.at(-1) === (toCome.at(-1) ?? planned.at(-1)) ? planned : toCome
}
