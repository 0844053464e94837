import { spawn } from 'node:child_process'

/** How a program ended, and all it has written. */
export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly input?: string | Uint8Array
  readonly cwd?: string
  /** Beyond PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end; a failure is a result, too. Of this process's environment it has PATH and HOME alone. */
export function attempt(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env }
    // a session of its own: Ctrl-C reaches the rig, which then ends in order, and not a command in the middle of its work
    const child = spawn(program, args, { cwd: options.cwd, env, stdio: 'pipe', detached: true })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => undefined) // it may end without reading
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ exitCode: code ?? 1, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    )
    child.stdin.end(options.input)
  })
}

/**
 * Standard output of a program that must succeed.
 * @throws when it does not; the message has the command and what it wrote on standard error.
 */
export async function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await attempt(program, args, options)
  if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${exitCode}: ${(stderr || stdout).trim()}`)
  return stdout
}
