import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Host, type HostInput, type HostResult, outputLimit } from './host.ts'

/**
 * A host on which a command of this machine starts a shell: `command` gets `-c SCRIPT falkirk WORD` behind its own arguments. Nothing of this
 * process's environment goes there.
 */
export function commandHost(name: string, command: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}): Host {
  return { name, run: (script, word, input) => run([...command, '-c', script, 'falkirk', word], env, input) }
}

/** The host of this pod: the namespaces of its first process, which a privileged pod with `hostPID` may enter. */
export function nsenterHost(name: string): Host {
  return commandHost(name, ['/usr/bin/nsenter', '--target', '1', '--mount', '--uts', '--ipc', '--net', '--pid', '--', '/bin/sh'])
}

async function run([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv, input?: HostInput): Promise<HostResult> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const outputs = [kept(child.stdout), kept(child.stderr)] as const
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
  // a script that ends without reading all of its input breaks the pipe: how it ended says more than that
  const fed = pipeline(source(input), child.stdin).catch((error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? undefined : error))
  const exitCode = await ended
  const problem = await fed
  if (problem !== undefined && problem.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw problem
  return { exitCode, stdout: outputs[0](), stderr: outputs[1]() }
}

function source(input: HostInput | undefined): Readable {
  if (input === undefined) return Readable.from([])
  return 'file' in input ? createReadStream(input.file) : Readable.from([input.text])
}

/** Reads all of a stream and keeps its first part. */
function kept(stream: Readable): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    const room = outputLimit - size
    if (room > 0) chunks.push(chunk.subarray(0, room))
    size += chunk.length
  })
  return () => Buffer.concat(chunks).toString('utf8')
}
