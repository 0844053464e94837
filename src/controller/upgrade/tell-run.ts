import type { EventRecorder } from '../../cluster/event-recorder.ts'
import type { UpgradeEvent } from '../../core/upgrade/upgrade-decision.ts'

/** Records events of a ClusterUpgrade. */
export function tellRun(
  recorder: EventRecorder,
  { name, uid }: { readonly name: string; readonly uid: string },
  events: readonly UpgradeEvent[],
): void {
  const object = { apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', name, uid }
  for (const event of events) recorder.record({ object, ...event })
}
