import type { InFlightStatus } from '../../core/upgrade/api/upgrade-status.ts'
import { oneLine, withoutName } from './run-frame.ts'
import type { RunState } from './run-state.ts'

/** What changed between two states of a run, a line each; without the first of them, how it is. Causes come first. */
export function runChanges(before: RunState | undefined, after: RunState): readonly string[] {
  return [
    ...hopChanges(before, after),
    ...batchChanges(before, after),
    ...nodeChanges(before, after),
    ...failureChanges(before, after),
    ...phaseChanges(before, after),
  ]
}

function hopChanges(before: RunState | undefined, { status: { hop } }: RunState): readonly string[] {
  if (hop === undefined || before?.status.hop?.version === hop.version) return []
  return [`hop ${hop.number} of ${hop.of}: ${hop.version}`]
}

function batchChanges(before: RunState | undefined, { status: { pools = [] } }: RunState): readonly string[] {
  return pools.flatMap(({ name, batch }) => {
    const was = before?.status.pools?.find((pool) => pool.name === name)?.batch
    if (batch === undefined || was?.nodes.join() === batch.nodes.join()) return []
    return [`pool ${name}, batch ${batch.number}: ${batch.nodes.join(', ')}`]
  })
}

function nodeChanges(before: RunState | undefined, after: RunState): readonly string[] {
  const was = new Map((before?.status.inFlight ?? []).map((node) => [node.node, node] as const))
  const { inFlight = [], failed = [] } = after.status
  const present = new Set([...inFlight, ...failed].map(({ node }) => node))
  // who has left is not known by name where nodes were deleted
  const how = before !== undefined && nodeCount(after) < nodeCount(before) ? 'is at work no longer' : 'is back'
  const left = [...was.keys()].filter((node) => !present.has(node)).map((node) => `${node} ${how}`)
  return [...left, ...inFlight.flatMap((node) => stepChanges(was.get(node.node), node))]
}

function nodeCount({ status: { progress } }: RunState): number {
  return Object.values(progress ?? {}).reduce((sum, doneOf) => sum + Number(doneOf.split('/')[1] ?? 0), 0)
}

function stepChanges(was: InFlightStatus | undefined, { node, step, attempt, message }: InFlightStatus): readonly string[] {
  const isNew = was?.step !== step || was.attempt !== attempt
  const told = message === undefined || (!isNew && was.message === message) ? [] : [`${node} waits: ${oneLine(withoutName(message, node))}`]
  return isNew ? [`${node}: ${step}${attempt > 1 ? ` (try ${attempt})` : ''}`, ...told] : told
}

function failureChanges(before: RunState | undefined, { status: { failed = [] } }: RunState): readonly string[] {
  const known = new Set((before?.status.failed ?? []).map(({ node, since }) => `${node} ${since}`))
  return failed
    .filter(({ node, since }) => !known.has(`${node} ${since}`))
    .map(({ node, reason, message }) => `${node} failed (${reason}): ${oneLine(message)}`)
}

/** The sentence of a phase is told with it, and anew only while no node says what it waits for. */
function phaseChanges(before: RunState | undefined, { status: { phase, message = '', inFlight = [] } }: RunState): readonly string[] {
  if (phase === undefined) return before === undefined ? ['no controller has looked at it yet'] : []
  const isNew = before?.status.phase !== phase
  const isSaid = inFlight.length > 0 || before?.status.message === message
  return isNew || !isSaid ? [`${phase}: ${oneLine(message)}`] : []
}
