import { apiPathRisk } from '../../api-path/judge-api-path.ts'
import { nearestText } from '../../nearest-text.ts'
import type { ClusterUpgradeSpec } from '../api/upgrade-spec.ts'
import { etcdGates } from '../path/etcd-gate.ts'
import { buildMonth } from '../path/hop-way-points.ts'
import { pathRisks } from '../path/upgrade-path.ts'
import { knownWayPoints } from '../path/way-point-data.ts'

/** Name under which a run accepts that kubeadm writes manifests anew that were changed by hand. */
export const editsRisk = 'ManualEdits'

const named = [...pathRisks, apiPathRisk, editsRisk]

/** Everything that may be accepted. A name is never taken out: objects that have it would be refused. */
export const knownRisks: readonly string[] = [...named, ...etcdGates.map(({ id }) => id), buildMonth, ...knownWayPoints.map(({ id }) => id)]

/** An accepted risk that is none would be passed over, and whoever wrote it takes it for accepted: one sentence that names the field and the fix. */
export function riskProblem(risks: ClusterUpgradeSpec['acceptedRisks'] = []): string | undefined {
  const at = risks.findIndex(({ check }) => !knownRisks.includes(check))
  const check = risks[at]?.check
  if (check === undefined) return undefined
  const near = knownRisks.find((known) => known.toLowerCase() === check.toLowerCase()) ?? nearestText(check, knownRisks)
  const names = `write ${named.join(', ')} or the name of a way-point (docs/path.md), or use a Falkirk that has it`
  const fix = near === undefined ? names : `did you mean ${near}?`
  return `spec.acceptedRisks[${at}].check is ${JSON.stringify(check)}, which is no risk that this Falkirk knows: ${fix}`
}
