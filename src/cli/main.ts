import { basename } from 'node:path'
import { Command } from 'commander'
import { commit, version } from '../core/build-info.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { cancelCommand } from './cancel-command.ts'
import { continueCommand } from './continue-command.ts'
import { controllerCommand } from './controller-command.ts'
import { crdCommand } from './crd-command.ts'
import { pathCommand } from './path-command.ts'
import { pauseCommand } from './pause-command.ts'
import { planCommand } from './plan-command.ts'
import { runCommand } from './run-command.ts'
import { sandboxCommand } from './sandbox-command.ts'
import { statusCommand } from './status-command.ts'
import { upgradeCommand } from './upgrade-command.ts'

/** In the order in which `--help` lists them: what people do first, then what runs and installs. */
const commands = [
  ...[planCommand, upgradeCommand, statusCommand, pauseCommand, continueCommand, cancelCommand, pathCommand],
  ...[runCommand, controllerCommand, crdCommand, sandboxCommand],
]

/** The command line: `falkirk COMMAND`, or the controller alone when called by the name of the program that it replaces. */
async function main(argv: readonly string[]): Promise<void> {
  const called = basename(process.env.FALKIRK_CALLED_AS ?? argv[1] ?? '')
  if (called.startsWith('system-upgrade-controller')) {
    await controllerCommand()
      .name('system-upgrade-controller')
      .version(`${version} (${commit})`)
      .parseAsync([...argv])
    return
  }
  const program = new Command('falkirk')
    .description('Kubernetes upgrades that show beforehand what will happen')
    .version(`${version} (${commit})`)
    // what stands behind a command is the command's own: sandbox has a --version too
    .enablePositionalOptions()
    .showHelpAfterError('(falkirk --help lists the commands)')
  for (const command of commands) program.addCommand(command())
  await program.parseAsync([...argv])
}

main(process.argv).then(
  () => {
    process.exitCode ??= 0
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof FalkirkError ? `${error.code}: ${error.message}` : `falkirk failed: ${String(error)}`}\n`)
    if (!(error instanceof FalkirkError) && process.env.FALKIRK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  },
)
