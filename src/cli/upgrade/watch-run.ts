import type { ApiClient } from '../../cluster/api-client.ts'
import { assertNever } from '../../core/assert-never.ts'
import { durationText } from './duration-text.ts'
import { type ExitCode, exitCodeOfPhase, exitCodes } from './exit-code.ts'
import { followRun } from './follow-run.ts'
import { runView, type ViewKind } from './run-views.ts'
import type { CommandPorts } from './terminal.ts'

export interface WatchOptions {
  readonly name: string
  readonly view: ViewKind
  readonly lostAfterMs: number
}

/** A controller that is there looks at a new run within seconds. */
const unseenAfterMs = 30_000

/** Shows a run until it is at rest, and says how that came about where the view does not. The exit code is that of its phase. */
export async function watchRun(client: ApiClient, { name, view: kind, lostAfterMs }: WatchOptions, ports: CommandPorts): Promise<ExitCode> {
  const view = runView(kind, ports)
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
  view.end()
  switch (end.kind) {
    case 'AtRest':
      return exitCodeOfPhase(end.state.status.phase)
    case 'Deleted':
      ports.warn(`ClusterUpgrade ${name} was deleted; nodes that were at work are given back by the controller`)
      return exitCodes.Cancelled
    case 'Interrupted':
      ports.warn(`${name} is left running: falkirk status ${name} -w follows it, falkirk pause ${name} and falkirk cancel ${name} hold it`)
      return exitCodes.Interrupted
    case 'Lost':
      ports.warn(
        `FK_API_UNREACHABLE: the API server has not answered for ${durationText(end.silentMs)}; ${name} may go on: falkirk status ${name} -w follows it`,
      )
      return exitCodes.Lost
    default:
      return assertNever(end)
  }
}
