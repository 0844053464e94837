import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from './clock.ts'
import type { ExecEntry } from './kube-config-schema.ts'
import { pluginError } from './plugin-error.ts'

export interface PluginRun {
  readonly exec: ExecEntry
  readonly command: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** `Terminal`: it talks to the person through ours. */
  readonly stdio: 'Terminal' | 'None'
}

/** A cloud's plugin may have to open a browser or ask a slow service. */
const timeoutMs = 60_000
const maxOutputBytes = 1024 * 1024
const maxErrorLength = 300

/** Runs a plugin and gives its standard output. Throws FK_EXEC_PLUGIN when it cannot be started, fails, floods or takes over a minute without a terminal. */
export async function runExecPlugin(clock: Clock, run: PluginRun): Promise<string> {
  const { exec, command, env, stdio } = run
  const child = spawn(command, exec.args ?? [], {
    env: env as NodeJS.ProcessEnv,
    stdio: stdio === 'Terminal' ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  let problem: string | undefined
  const kill = (why: string) => {
    problem ??= why
    child.kill('SIGKILL')
    // A grandchild that holds the pipes must not keep us waiting.
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  const stopClock = stdio === 'Terminal' ? () => {} : clock.after(timeoutMs, () => kill(`gave no answer within ${timeoutMs / 1000} s`))
  const output = collect(child.stdout, () => kill(`printed more than ${maxOutputBytes / 1024 / 1024} MiB`))
  const complaints = collect(child.stderr, () => {})
  try {
    const { code, signal } = await ended(child)
    if (problem !== undefined) throw pluginError(exec, problem)
    if (code !== 0) throw pluginError(exec, `failed with ${signal === null ? `exit code ${code}` : signal}${lastLine(complaints())}`)
    return output()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw pluginError(exec, 'is not installed or not in PATH; install it', error)
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      throw pluginError(exec, 'may not be executed by this user', error)
    throw error
  } finally {
    stopClock()
  }
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

function collect(stream: NodeJS.ReadableStream | null, onFlood: () => void): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxOutputBytes) chunks.push(chunk)
    else onFlood()
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

function lastLine(text: string): string {
  const line =
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/[^\x20-\x7e]+/g, ' ')
      .trim() ?? ''
  return line === '' ? '' : `: ${line.slice(0, maxErrorLength)}`
}
