import { isControlPlane } from '../../plan/node-selection.ts'
import { findings } from '../health/verify-cluster.ts'
import { aheadJobs } from '../jobs/ahead-jobs.ts'
import { bearersOf } from '../pods/soft-taint.ts'
import { statusOfRun } from '../status/status-of-run.ts'
import { arrivedText } from './arrived-text.ts'
import { activeWorks, type RunEnd, type SeenRun } from './run-view.ts'

/** What is not well yet is looked at again this often. */
const recheckMs = 10_000

/**
 * Judges the end of a run; undefined while it goes on. An end is told when nothing is left on any node, for whoever is killed before that has to go on, and
 * when everything is as it was before, or has had the time of a soak for it.
 */
export function judgeEnd(run: SeenRun): RunEnd | undefined {
  if (run.hold !== undefined || run.next.kind !== 'Arrived' || activeWorks(run).length > 0) return undefined
  const leaving = run.works.find(({ turn }) => turn.kind === 'Given')?.at.node
  if (leaving !== undefined) return { phase: isControlPlane(leaving) ? 'ControlPlane' : 'Nodes', message: `${leaving.name} is done` }
  const [tainted] = bearersOf(run.context)
  if (tainted !== undefined) return { phase: 'Nodes', message: `every node is done; the soft taint is taken from ${tainted.name}` }
  const [ahead] = aheadJobs(run.context)
  if (ahead !== undefined)
    return { phase: 'Nodes', message: `every node is done; job ${ahead.name} is deleted, which was for one that needs nothing` }
  return verified(run)
}

/** A run that touched nothing has nothing to compare. */
function verified(run: SeenRun): RunEnd {
  const { facts, settings, nowMs } = run.context
  const { before, verifyingSince } = statusOfRun(facts.upgrade)
  if (before === undefined) return ended(run, [])
  const phase = settings.scope === 'ControlPlane' ? 'ControlPlane' : 'Nodes'
  const verifyingSinceMs = verifyingSince === undefined ? nowMs : Date.parse(verifyingSince)
  const { health } = facts
  if (health === undefined || health.atMs < Math.floor(verifyingSinceMs / 1_000) * 1_000) {
    return { phase, message: 'every node is done; whether all is as before is looked at', verifyingSinceMs, readsHealth: true }
  }
  const found = findings(before, health, run.context)
  const endsAtMs = verifyingSinceMs + (settings.soak.displacedPodsReady ? settings.soak.timeoutMs : 0)
  if (found.length === 0 || nowMs >= endsAtMs) return ended(run, found)
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : ''
  const again = nowMs >= health.atMs + recheckMs ? { readsHealth: true as const } : {}
  return {
    phase,
    message: `every node is done; waits: ${found[0]}${more}`,
    verifyingSinceMs,
    wakeAtMs: Math.min(endsAtMs, Math.max(nowMs, health.atMs) + recheckMs),
    ...again,
  }
}

function ended({ works, context }: SeenRun, found: readonly string[]): RunEnd {
  const setAside = works.filter(({ at }) => at.entry.step === 'Quarantined').map(({ at }) => at.node.name)
  const { text } = context.target
  const all = [...setAside.slice(0, mostSetAside).map((name) => `Node ${name} was set aside; status.failed says why`), ...found]
  const arrived = arrivedText(context.settings, text)
  if (all.length === 0) return { phase: 'Complete', message: `${arrived}${goneMessage(context)}` }
  const message =
    setAside.length > 0
      ? `all but ${setAside.slice(0, 5).join(', ')} are done; see status.failed`
      : `${arrived}, and not all is as it was: ${found[0]}${found.length > 1 ? `; ${found.length - 1} more in status.findings` : ''}`
  return { phase: 'CompletedWithFindings', message, findings: all }
}

const mostSetAside = 20

/** Nodes that the spec names and that were deleted since were passed over. */
function goneMessage({ settings, facts }: SeenRun['context']): string {
  const present = new Set(facts.nodes.map(({ name }) => name))
  const gone = [...(settings.nodes ?? [])].filter((name) => !present.has(name))
  if (gone.length === 0) return ''
  return `; ${gone.slice(0, 5).join(', ')}${gone.length > 5 ? ' and others' : ''} of spec.nodes ${gone.length === 1 ? 'is' : 'are'} gone`
}
