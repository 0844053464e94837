import { basename } from 'node:path'
import { commit, version } from '../core/build-info.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { complete } from './complete-command.ts'
import { controllerCommand } from './controller-command.ts'
import { falkirkProgram } from './program.ts'
import { watchStreams } from './standard-streams.ts'
import { exitCodeOfError } from './upgrade/exit-code.ts'

const called = basename(process.env.FALKIRK_CALLED_AS ?? process.argv[1] ?? '')
const isReplacement = called.startsWith('system-upgrade-controller')

/** The command line: `falkirk COMMAND`, the same as a plugin of kubectl, or the controller alone when called by the name of the program that it replaces. */
async function main(argv: readonly string[]): Promise<void> {
  if (isReplacement) {
    await controllerCommand()
      .name('system-upgrade-controller')
      .version(`${version} (${commit})`)
      .parseAsync([...argv])
    return
  }
  // kubectl asks a program of this name what a word of its plugin can become
  if (called.startsWith('kubectl_complete-falkirk')) return await complete(falkirkProgram('kubectl falkirk'), 'kubectl', argv.slice(2))
  await falkirkProgram(called.startsWith('kubectl-falkirk') ? 'kubectl falkirk' : 'falkirk').parseAsync([...argv])
}

watchStreams(process)
main(process.argv).then(
  () => {
    process.exitCode ??= 0
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof FalkirkError ? `${error.code}: ${error.message}` : `falkirk failed: ${String(error)}`}\n`)
    if (!(error instanceof FalkirkError) && process.env.FALKIRK_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    // that program knows one code for everything that goes wrong
    const isController = isReplacement || process.argv[2] === 'controller'
    process.exit(isController ? 1 : exitCodeOfError(error))
  },
)
