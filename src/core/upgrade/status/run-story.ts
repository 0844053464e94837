import type { ClusterUpgradeStatus, FailedStatus, InFlightStatus, UpgradePhase } from '../api/upgrade-status.ts'
import type { UpgradeEvent } from '../upgrade-decision.ts'

/** Two states of a status that follow each other. */
export interface Transition {
  readonly before: ClusterUpgradeStatus
  readonly after: ClusterUpgradeStatus
  /** Whether there is a node of this name. */
  readonly isThere: (node: string) => boolean
}

const mostNames = 5

/**
 * What is told by events when one status takes the place of another: a run as a story, a few events for each batch however many nodes there are. All of it is found
 * from what stands in the cluster, so that neither another decision nor a successor tells it again.
 */
export function runStory(transition: Transition): readonly UpgradeEvent[] {
  return [
    ...failures(transition),
    ...singleNodes(transition, 'Done'),
    ...batchEnds(transition),
    ...phaseChange(transition),
    ...begin(transition),
    ...hopBegin(transition),
    ...batchBegins(transition),
    ...singleNodes(transition, 'Started'),
  ]
}

function failures({ before, after }: Transition): readonly UpgradeEvent[] {
  const key = ({ node, since }: FailedStatus) => `${node} ${since}`
  const known = new Set((before.failed ?? []).map(key))
  return (after.failed ?? [])
    .filter((one) => !known.has(key(one)))
    .map(({ node, reason, message }) => warning('NodeFailed', `${node} failed (${reason}): ${message}`))
}

const beforeChange: ReadonlySet<InFlightStatus['step']> = new Set(['Staging', 'Draining', 'Detaching'])

/** Nodes of batches are told together: those of the control plane are not, nor those that are tried again after a stop. */
function singleNodes({ before, after, isThere }: Transition, what: 'Started' | 'Done'): readonly UpgradeEvent[] {
  const inBatches = new Set([before, after].flatMap(batchesOf).flatMap(({ batch }) => batch.nodes))
  const failed = new Set((after.failed ?? []).map(({ node }) => node))
  const [was, is] = [nodesOf(before), nodesOf(after)]
  const single = (one: InFlightStatus) => !inBatches.has(one.node)
  if (what === 'Started') {
    const started = [...is.values()].filter((one) => single(one) && !was.has(one.node))
    return started.map(({ node }) => normal('NodeStarted', `begins with ${node}`))
  }
  // of a run that was cancelled nodes are given back that nothing was done to
  const left = [...was.values()].filter((one) => single(one) && !is.has(one.node) && !failed.has(one.node) && !beforeChange.has(one.step))
  return left.filter(({ node }) => isThere(node)).map(({ node }) => normal('NodeDone', `${node} is done`))
}

function nodesOf({ inFlight = [] }: ClusterUpgradeStatus): ReadonlyMap<string, InFlightStatus> {
  return new Map(inFlight.map((one) => [one.node, one] as const))
}

interface BatchOfPool {
  readonly pool: string
  readonly batch: { readonly number: number; readonly nodes: readonly string[] }
  readonly key: string
  readonly progress: string
}

function batchesOf({ pools = [] }: ClusterUpgradeStatus): readonly BatchOfPool[] {
  return pools.flatMap(({ name: pool, batch, done, nodes }) => {
    if (batch === undefined) return []
    return [{ pool, batch, key: JSON.stringify([pool, batch]), progress: `${done} of ${nodes} nodes are done` }]
  })
}

function batchBegins({ before, after }: Transition): readonly UpgradeEvent[] {
  return newBatches(before, after).map(({ pool, batch, progress }) =>
    normal('BatchStarted', `pool ${pool}, batch ${batch.number}: ${names(batch.nodes)}; ${progress}`),
  )
}

function batchEnds({ before, after }: Transition): readonly UpgradeEvent[] {
  return newBatches(after, before).map(({ pool, batch: { number, nodes } }) =>
    normal('BatchEnded', `pool ${pool}, batch ${number} (${nodes.length === 1 ? '1 node' : `${nodes.length} nodes`}) has ended`),
  )
}

/** Batches of the second status that the first one does not have. */
function newBatches(first: ClusterUpgradeStatus, second: ClusterUpgradeStatus): readonly BatchOfPool[] {
  const known = new Set(batchesOf(first).map(({ key }) => key))
  return batchesOf(second).filter(({ key }) => !known.has(key))
}

function begin({ before, after }: Transition): readonly UpgradeEvent[] {
  if (before.startedAt !== undefined || after.startedAt === undefined) return []
  const { from, path = [], message = '' } = after
  const to = path.at(-1)
  const way = from === undefined || to === undefined || from === to ? message : `${from} → ${to} in ${hops(path)}`
  return [normal('Started', `${way}${doneText(after)}`)]
}

function doneText({ progress }: ClusterUpgradeStatus): string {
  return progress === undefined ? '' : `; done: control plane ${progress.controlPlane}, nodes ${progress.nodes}`
}

function hops(path: readonly string[]): string {
  return path.length === 1 ? '1 hop' : `${path.length} hops: ${path.join(', ')}`
}

function hopBegin({ before, after: { hop, startedAt } }: Transition): readonly UpgradeEvent[] {
  if (hop === undefined || startedAt === undefined) return []
  if (before.startedAt !== undefined && before.hop?.version === hop.version) return []
  return [normal('HopStarted', `hop ${hop.number} of ${hop.of}: ${hop.version}`)]
}

const types: Readonly<Record<UpgradePhase, UpgradeEvent['type'] | undefined>> = {
  Pending: 'Normal',
  Refused: 'Warning',
  ControlPlane: undefined,
  Nodes: undefined,
  Paused: 'Normal',
  Stopped: 'Warning',
  Cancelling: 'Normal',
  Cancelled: 'Normal',
  Complete: 'Normal',
  CompletedWithFindings: 'Warning',
}

const atWork: ReadonlySet<UpgradePhase | undefined> = new Set(['ControlPlane', 'Nodes'])

/** A phase has its event by its own name; a run that is at work again `Continued`. */
function phaseChange({ before, after }: Transition): readonly UpgradeEvent[] {
  const { phase, message = '' } = after
  const type = phase === undefined ? undefined : types[phase]
  if (phase === undefined || !isNew({ before, after })) return []
  if (type !== undefined) return [{ type, reason: phase, message }]
  const goesOn = before.phase !== undefined && !atWork.has(before.phase) && before.startedAt !== undefined
  return goesOn ? [normal('Continued', `goes on after ${before.phase}${doneText(after)}`)] : []
}

/** Of the same phase another stop is told, and another refusal of what was edited. */
function isNew({ before, after }: Pick<Transition, 'before' | 'after'>): boolean {
  if (before.phase !== after.phase) return true
  if (after.phase === 'Refused') return before.observedGeneration !== after.observedGeneration
  return (after.phase === 'Stopped' || after.phase === 'Paused') && before.stop?.number !== after.stop?.number
}

function names(nodes: readonly string[]): string {
  const shown = nodes.slice(0, mostNames).join(', ')
  return nodes.length <= mostNames ? shown : `${shown} and ${nodes.length - mostNames} more`
}

function normal(reason: string, message: string): UpgradeEvent {
  return { type: 'Normal', reason, message }
}

function warning(reason: string, message: string): UpgradeEvent {
  return { type: 'Warning', reason, message }
}
