import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from './paths.mjs'

/**
 * Thrown when a command did not end with 0; the message is what a person needs to read.
 */
export class CommandFailed extends Error {
  /**
   * @param {string} message
   * @param {string} output
   */
  constructor(message, output) {
    super(message)
    this.name = 'CommandFailed'
    this.output = output
  }
}

/**
 * Runs a command in the repository and gives its whole output (stdout and stderr as they came).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function capture(command, args, { env = {}, cwd = root } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const [code] = await once(child, 'close')
  return { code: code ?? 1, output }
}

/**
 * Like `capture`, but a command that fails is an error that carries its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export async function mustRun(command, args, options) {
  const { code, output } = await capture(command, args, options)
  if (code !== 0) throw new CommandFailed(`${command} ${args.join(' ')} ended with ${code}`, output)
  return output
}

/**
 * Runs a command whose output a person watches; signals reach it as well (the terminal sends Ctrl-C to both). Gives its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export async function watchRun(command, args, { env = {} } = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' })
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
  const stay = () => {}
  process.on('SIGTERM', forward)
  process.on('SIGINT', stay)
  const [code, signal] = await once(child, 'close')
  process.off('SIGTERM', forward)
  process.off('SIGINT', stay)
  return code ?? (signal === 'SIGINT' ? 130 : 1)
}

/**
 * Runs `main` as the whole program: an error becomes one sentence on stderr (and the output of the command that failed), exit code 1.
 * @param {() => Promise<number | void>} main Gives the exit code, 0 unless told.
 */
export async function program(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    if (error instanceof CommandFailed) process.stderr.write(`${error.output.trimEnd()}\n`)
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
