import type { ContainerRun, ContainerState } from './container-run.ts'
import { events } from './kubelet-words.ts'
import { pullPauseSeconds } from './restart-backoff.ts'
import type { Turn } from './turn.ts'

type PullingState = Extract<ContainerState, { kind: 'Pulling' }>
type PullFailedState = Extract<ContainerState, { kind: 'PullFailed' }>

/** How long a failed pull is shown as such before it is shown as backing off. */
const failureShownMs = 2000

/** The image is looked for, and fetched when it has to be. */
export function beginPull(container: ContainerRun, turn: Turn, failures = 0): ContainerState {
  const { name, image = '' } = container.spec
  const pull = turn.at.pull(container)
  if (pull.kind === 'Present') {
    turn.events.push(events.present(name, image, turn.at.minor))
    return creating(turn)
  }
  if (pull.kind === 'Pulled' || pull.reason === 'ErrImagePull') turn.events.push(events.pulling(name, image))
  return { kind: 'Pulling', pull, failures }
}

/** A pull comes to its end. */
export function advancePull(container: ContainerRun, state: PullingState, turn: Turn): ContainerState {
  const { pull, failures } = state
  if (!turn.reached(pull.untilMs)) return state
  const { name, image = '' } = container.spec
  if (pull.kind === 'Pulled') {
    turn.events.push(events.pulled(name, image, { pull, minor: turn.at.minor }))
    return creating(turn)
  }
  if (pull.reason === 'ErrImagePull') turn.events.push(events.pullFailed(name, image, pull.message))
  turn.events.push(events.error(name, pull.reason))
  let pauseSeconds = 0
  for (let i = 0; i <= failures && pauseSeconds < 300; i++) pauseSeconds = pullPauseSeconds(pauseSeconds)
  return {
    kind: 'PullFailed',
    reason: pull.reason,
    message: pull.message,
    backingOff: false,
    backOffAtMs: turn.nowMs + failureShownMs,
    untilMs: turn.nowMs + pauseSeconds * 1000,
    failures: failures + 1,
  }
}

/** Between two tries. */
export function advancePullFailed(container: ContainerRun, state: PullFailedState, turn: Turn): ContainerState {
  if (turn.reached(state.untilMs)) return beginPull(container, turn, state.failures)
  if (state.backingOff || state.reason !== 'ErrImagePull' || !turn.reached(state.backOffAtMs)) return state
  const { name, image = '' } = container.spec
  turn.events.push(events.pullBackOff(name, image), events.error(name, 'ImagePullBackOff'))
  return { ...state, backingOff: true }
}

/** The runtime makes the container. */
function creating(turn: Turn): ContainerState {
  return { kind: 'Creating', untilMs: turn.nowMs + turn.at.timings.createSeconds * 1000 }
}
