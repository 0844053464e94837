import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that this one has started and that never outlives it. */
export interface OwnedProcess {
  readonly name: string
  readonly pid: number
  /** Its standard output and error. */
  readonly logFile: string
  readonly running: boolean
  /** How it ended; undefined while it runs. */
  readonly end: ProcessEnd | undefined
  /** Sends `signal`, and SIGKILL when it still runs after `graceMs`; resolves when it is gone. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<ProcessEnd>
  /** Resolves when it has ended of itself. */
  readonly ended: Promise<ProcessEnd>
}

export interface ProcessEnd {
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

export interface ProcessSpec {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly logFile: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/**
 * Starts a process under `setpriv --pdeathsig`: the kernel ends it when its parent dies in whatever way, so that an aborted test
 * run leaves nothing behind. Its environment is PATH, HOME and `env`, nothing else of the parent's.
 */
export function startProcess(spec: ProcessSpec): OwnedProcess {
  const log = openSync(spec.logFile, 'a')
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...spec.command], {
    detached: true, // a session of its own: Ctrl-C reaches the tests, which then end it in order
    stdio: ['ignore', log, log],
    cwd: spec.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...spec.env },
  })
  closeSync(log)
  let end: ProcessEnd | undefined
  const ended = new Promise<ProcessEnd>((resolve) => {
    const finish = (exitCode: number | null, signal: NodeJS.Signals | null) => {
      end ??= { exitCode: exitCode ?? undefined, signal: signal ?? undefined }
      resolve(end)
    }
    child.once('exit', finish)
    child.once('error', () => finish(127, null))
  })
  return {
    name: spec.name,
    pid: child.pid ?? 0,
    logFile: spec.logFile,
    ended,
    get running() {
      return end === undefined
    },
    get end() {
      return end
    },
    async stop(signal = 'SIGTERM', graceMs = 10_000) {
      if (end === undefined) child.kill(signal)
      const grace = new AbortController()
      const late = sleep(graceMs, undefined, { signal: grace.signal }).then(
        () => end ?? child.kill('SIGKILL'),
        () => undefined,
      )
      const result = await ended
      grace.abort()
      await late
      return result
    },
  }
}

/** The last lines of a log, for a message. */
export function logTail(file: string, lines = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return '(no log)'
  }
}
