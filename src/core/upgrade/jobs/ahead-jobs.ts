import type { JobFacts } from '../../kubernetes/job-facts.ts'
import type { RunContext } from '../node/node-turn.ts'
import { restPhases } from '../run/run-phase.ts'
import type { RunView } from '../run/run-view.ts'
import { parseRunEntry } from '../run-journal.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import { jobNodeAnnotation, jobStepLabel } from './upgrade-job.ts'

/** Jobs that fetch for nodes which the run has not begun with (batches/stage-ahead.ts) and that have not ended. */
export function aheadJobs({ facts }: Pick<RunContext, 'facts'>): readonly JobFacts[] {
  const { uid } = facts.upgrade.metadata
  const open = facts.jobs.filter(({ end, deleting, labels }) => end === undefined && !deleting && labels[jobStepLabel] === 'Stage')
  if (open.length === 0) return []
  const begun = new Set(
    facts.nodes.flatMap((node) => {
      const read = parseRunEntry(node.run)
      return read.kind === 'Entry' && read.entry.run === uid ? [node.name] : []
    }),
  )
  return open.filter((job) => !begun.has(nodeOf(job)))
}

/** Where nothing further is to come, or not before somebody has mended something, they are deleted: an image that nobody has would be asked for without end. */
export function clearAhead({ context, hold, end }: RunView): readonly (readonly UpgradeAction[])[] {
  const isAtRest = end !== undefined || (hold !== undefined && restPhases.has(hold.phase))
  if (!isAtRest) return []
  return aheadJobs(context).map((job) => [{ kind: 'DeleteJob', node: nodeOf(job), name: job.name, uid: job.uid }])
}

function nodeOf({ annotations }: JobFacts): string {
  return annotations[jobNodeAnnotation] ?? ''
}
