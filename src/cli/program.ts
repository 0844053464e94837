import { Command } from 'commander'
import { commit, version } from '../core/build-info.ts'
import { approveCommand } from './approve-command.ts'
import { cancelCommand } from './cancel-command.ts'
import { completeCommand } from './complete-command.ts'
import { completionCommand } from './completion-command.ts'
import { continueCommand } from './continue-command.ts'
import { controllerCommand } from './controller-command.ts'
import { crdCommand } from './crd-command.ts'
import { etcdCommand } from './etcd-command.ts'
import { inventoryCommand } from './inventory-command.ts'
import { nodeCommand } from './node-command.ts'
import { nodesCommand } from './nodes-command.ts'
import { osCommand } from './os-command.ts'
import { pathCommand } from './path-command.ts'
import { pauseCommand } from './pause-command.ts'
import { planCommand } from './plan-command.ts'
import { prepareCommand } from './prepare-command.ts'
import { runCommand } from './run-command.ts'
import { runtimeCommand } from './runtime-command.ts'
import { sandboxCommand } from './sandbox-command.ts'
import { statusCommand } from './status-command.ts'
import { exitCodes } from './upgrade/exit-code.ts'
import { upgradeCommand } from './upgrade-command.ts'

/** In the order in which `--help` lists them: what people do first, then what runs and installs. */
const commands = [
  ...[planCommand, upgradeCommand, statusCommand, pauseCommand, continueCommand, cancelCommand, pathCommand],
  ...[prepareCommand, nodesCommand, inventoryCommand, etcdCommand, osCommand, runtimeCommand],
  ...[runCommand, controllerCommand, crdCommand, sandboxCommand, completionCommand],
]
/** Not for people, or not there yet. */
const hidden = [approveCommand, completeCommand, nodeCommand]

/** @param name as it is called: `falkirk`, or `kubectl falkirk` */
export function falkirkProgram(name: string): Command {
  const program = new Command(name)
    .description('Kubernetes upgrades that show beforehand what will happen')
    .version(`${version} (${commit})`)
    // what stands behind a command is the command's own: sandbox has a --version too
    .enablePositionalOptions()
    .showHelpAfterError(`(${name} --help lists the commands)`)
  for (const command of commands) program.addCommand(command())
  for (const command of hidden) program.addCommand(command(), { hidden: true })
  exitAsDocumented(program)
  return program
}

/** What is not understood ends with the code that the documents give for it. */
function exitAsDocumented(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.Done : exitCodes.Refused))
  for (const below of command.commands) exitAsDocumented(below)
}
