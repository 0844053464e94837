import type { Command } from 'commander'
import type { ApiClient } from '../../cluster/api-client.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { type ClusterFlags, withCluster } from './cluster.ts'
import { type ExitCode, exitCodeHelp, exitCodeOfError } from './exit-code.ts'
import { type CommandPorts, processPorts } from './terminal.ts'

/** Lists the codes with which a command ends. */
export function withExitCodes(command: Command): Command {
  return command.addHelpText('after', exitCodeHelp)
}

/** Runs the work of a command on the cluster of its flags, and ends the process with its code. What went wrong is one sentence. */
export async function onCluster(
  flags: ClusterFlags,
  work: (client: ApiClient, ports: CommandPorts, onlyServer: string | undefined) => Promise<ExitCode>,
): Promise<void> {
  await atCommand(flags, (ports) => withCluster(flags, (client, onlyServer) => work(client, ports, onlyServer)))
}

/** The same for one that finds its cluster itself, if it needs any. */
export async function atCommand(flags: ClusterFlags, work: (ports: CommandPorts) => Promise<ExitCode>): Promise<void> {
  const ports = processPorts(flags.color)
  try {
    process.exitCode = await work(ports)
  } catch (error) {
    if (!(error instanceof FalkirkError)) throw error
    ports.warn(`${error.code}: ${error.message}`)
    process.exitCode = exitCodeOfError(error)
  }
}
