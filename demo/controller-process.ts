import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { programFile } from '../scripts/build.mjs'

/** The controller as a process of its own. */
export interface ControllerProcess {
  /** Rejects with the end of its log when it ends before it is asked to. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

/** Starts the program in `dist/` as a user does, outside of the cluster that it serves. Its log goes into a file. */
export function startController({ kubeconfig, logFile }: { kubeconfig: string; logFile: string }): ControllerProcess {
  const name = 'system-upgrade-controller'
  const log = openSync(logFile, 'a', 0o600)
  const flags = [`--kubeconfig=${kubeconfig}`, `--name=${name}`, '--namespace=system-upgrade', '--listen=']
  // a session of its own: Ctrl-C reaches this program alone, which then ends the controller
  const child = spawn(process.execPath, [programFile, 'controller', ...flags], { stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  const endNow = () => child.kill('SIGKILL')
  process.once('exit', endNow)
  let stopping = false
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const failed = ended.then(() => {
    process.off('exit', endNow)
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`the controller has ended:\n${readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n')}`)
  })
  failed.catch(() => {})
  return {
    failed,
    stop: () => {
      stopping = true
      child.kill('SIGTERM')
      return ended
    },
  }
}
