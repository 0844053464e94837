import type { ApiClient } from '../../cluster/api-client.ts'
import { assertNever } from '../../core/assert-never.ts'
import { durationText } from './duration-text.ts'
import { type ExitCode, exitCodeOfPhase, exitCodes } from './exit-code.ts'
import { type FollowEnd, followRun } from './follow-run.ts'
import { runView, type ViewKind } from './run-views.ts'
import type { CommandPorts } from './terminal.ts'

export interface WatchOptions {
  readonly name: string
  readonly view: ViewKind
  readonly lostAfterMs: number
  /** What is said after Ctrl-C; that it goes on unless told. */
  readonly interrupted?: string
}

/** A controller that is there looks at a new run within seconds. */
const unseenAfterMs = 30_000

/** Shows a run until it is at rest, and says how that came about where the view does not. The exit code is that of its phase. */
export async function watchRun(client: ApiClient, options: WatchOptions, ports: CommandPorts): Promise<ExitCode> {
  const { name, view: kind, lostAfterMs } = options
  const view = runView(kind, name, ports)
  let isSeen = false
  const forgetHint = client.clock.after(unseenAfterMs, () => {
    if (!isSeen)
      ports.warn(`no controller has looked at ${name} for 30 s: is one installed (kubectl apply -k deploy/base)? falkirk run is one, too`)
  })
  const onState: Parameters<typeof followRun>[0]['onState'] = (run) => {
    isSeen ||= run.isSeen
    view.seen(run)
  }
  const end = await followRun({ client, random: ports.random, name, signal: ports.signal, lostAfterMs, onState, onAnswers: view.answers })
  forgetHint()
  const exitCode = exitCodeOfEnd(end)
  view.end({ reason: end.kind, exitCode })
  const said = end.kind === 'Interrupted' ? (options.interrupted ?? remark(name, end)) : remark(name, end)
  if (said !== undefined) ports.warn(said)
  return exitCode
}

function exitCodeOfEnd(end: FollowEnd): ExitCode {
  switch (end.kind) {
    case 'AtRest':
      return exitCodeOfPhase(end.state.status.phase)
    case 'Deleted':
      return exitCodes.Cancelled
    case 'Interrupted':
      return exitCodes.Interrupted
    case 'Lost':
      return end.refused === undefined ? exitCodes.Lost : exitCodes.Refused
    default:
      return assertNever(end)
  }
}

/** What the view does not say. */
function remark(name: string, end: FollowEnd): string | undefined {
  switch (end.kind) {
    case 'AtRest':
      return undefined
    case 'Deleted':
      return `ClusterUpgrade ${name} was deleted; nodes that were at work are given back by the controller`
    case 'Interrupted':
      return `${name} is left running: falkirk status ${name} -w follows it, falkirk pause ${name} and falkirk cancel ${name} hold it`
    case 'Lost':
      if (end.refused !== undefined)
        return `${end.refused.code}: ${end.refused.message}; ${name} may go on: falkirk status ${name} -w follows it for who may get and watch clusterupgrades`
      return `FK_API_UNREACHABLE: the API server has not answered for ${durationText(end.silentMs)}; ${name} may go on: falkirk status ${name} -w follows it`
    default:
      return assertNever(end)
  }
}
