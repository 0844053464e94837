import type { Command } from 'commander'
import { parseGoDuration } from '../../core/plan/go-duration.ts'
import { bad } from '../flag-values.ts'

/** Flags of commands that follow a run. */
export interface FollowFlags {
  readonly output?: string
  readonly patience?: string
}

const defaultPatience = '5m'

export function followOptions(command: Command, outputs: readonly string[]): Command {
  return command
    .option('-o, --output <format>', `${outputs.join(' or ')}: for programs`)
    .option('--patience <duration>', `how long an API server that answers no more is waited for (${defaultPatience})`)
}

export function wishOptions(command: Command): Command {
  return command
    .option('--to <version>', 'version to go to, such as v1.34.2+k3s1, or v1.34: its last one')
    .option('-f, --file <file>', 'a ClusterUpgrade in YAML; - is standard input')
    .option('--pools <pools>', 'pools one after another: labels (pool=ingress,pool=blue), or names of the file')
    .option('--nodes <names>', 'only these nodes, besides the control plane: worker-1,worker-2')
    .option('--workers <pace>', 'Lazy: nodes skip hops within skew; EveryHop: they do not (Lazy)')
    .option('--max <count>', 'the most nodes of a batch (10)')
    .option('--scope <scope>', 'Cluster, ControlPlane, Pools: those named alone; Hosts: no version (Cluster)')
    .option('--stop-after <what>', 'pause after each Hop, ControlPlane, Pool, Batch or Node')
    .option('--via <how>', 'Job, or SSH: steps on the hosts, from here (Job)')
    .option('--name <name>', 'name of the ClusterUpgrade (to-VERSION)')
    .option('--releases <file>', 'release data that are laid over those of this program (FALKIRK_RELEASES)')
}

/** The value of --output; text unless told. Throws FK_BAD_SETTING. */
export function outputOf<T extends string>({ output = 'text' }: FollowFlags, outputs: readonly T[]): T {
  const found = outputs.find((one) => one === output)
  if (found !== undefined) return found
  throw bad(`--output is "${output}": write ${outputs.slice(0, -1).join(', ')} or ${outputs.at(-1)}`)
}

/** The value of --patience in milliseconds. Throws FK_BAD_SETTING. */
export function lostAfterOf({ patience = defaultPatience }: FollowFlags): number {
  const nanoseconds = parseGoDuration(patience)
  if (nanoseconds !== undefined && nanoseconds > 0) return nanoseconds / 1e6
  throw bad(`--patience is "${patience}": write a duration such as 90s or 5m`)
}
