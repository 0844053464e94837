import { styleText } from 'node:util'
import { alignColumns } from '../src/cli/align-columns.ts'
import { type ClusterSnapshot, type JobStep, type NodeRow, nodeState, type PlanRow, type PodRow } from './cluster-view.ts'
import type { SightFrame } from './watch-cluster.ts'

/** What the terminal shows of Plans at one moment. */
export interface Frame extends Omit<SightFrame<ClusterSnapshot>, 'seen'> {
  readonly snapshot: ClusterSnapshot
}

const remarks = { Answers: '   Ctrl-C ends the cluster', Away: '   the API server is being restarted', Ended: '' } as const

export const podMarks = { Starting: '○', Ready: '●', Leaving: '◌' } as const

/** More are counted. */
const mostPodMarks = 12

const marks = { Waiting: '·', Running: '▸', Done: '✓', Failed: '✘' } as const

/** Draws a frame for a terminal of this size, without colours; each line fits, and the oldest of the history is left out where there is no room. */
export function drawFrame(frame: Frame, size: { columns: number; rows: number }): string {
  const { snapshot, state, history, elapsed } = frame
  const table = alignColumns([['NODE', 'ROLE', 'STATUS', 'VERSION', 'PODS', 'JOB'], ...snapshot.nodes.map(nodeCells)])
  const plans = snapshot.plans.map(planLine)
  const last = `${elapsed}${remarks[state]}`
  const room = Math.max(size.rows - table.length - plans.length - 5, 0)
  const lines = [...table, '', ...plans, '', ...history.slice(history.length - Math.min(room, history.length)), '', last]
  return lines.map((line) => line.slice(0, size.columns)).join('\n')
}

function nodeCells(node: NodeRow): readonly string[] {
  const job = node.job.map(({ name, state }: JobStep) => `${marks[state]} ${name}`).join('  ')
  return [node.name, node.role, nodeState(node), node.version, podCell(node.pods), job]
}

function podCell(pods: readonly PodRow[]): string {
  return pods.length > mostPodMarks ? String(pods.length) : pods.map(({ state }) => podMarks[state]).join('')
}

function planLine({ name, complete, message, applying }: PlanRow): string {
  if (complete) return `✓ ${name} is complete`
  const said = message === '' ? `at work on ${applying.join(', ') || 'nothing yet'}` : message
  return `▸ ${name}: ${said}`
}

/** Colours for a drawn frame: they come last, as a line is cut by what is seen of it. */
export function paintFrame(text: string): string {
  return text
    .replaceAll(/^(NODE| *\d).*/gm, (line) => styleText('dim', line))
    .replaceAll(/✓( [\w-]+)?/g, (done) => styleText('green', done))
    .replaceAll(/▸( [\w-]+)?/g, (working) => styleText('cyan', working))
    .replaceAll(/✘( [\w-]+)?|NotReady/g, (failed) => styleText('red', failed))
    .replaceAll(/[●○◌]+/g, paintPods)
    .replaceAll('SchedulingDisabled', (cordoned) => styleText('yellow', cordoned))
}

/** Colours for marks of pods. */
export function paintPods(text: string): string {
  return text.replaceAll(/●+/g, (ready) => styleText('green', ready)).replaceAll(/[○◌]+/g, (moving) => styleText('yellow', moving))
}
