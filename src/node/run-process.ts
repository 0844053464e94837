import { type ChildProcess, spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { constants } from 'node:os'
import { Readable, type Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stripVTControlCharacters } from 'node:util'
import type { HostInput } from './host.ts'

/** A program of this machine behind which a host is. */
export interface ProcessSpec {
  readonly program: string
  readonly args: readonly string[]
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv
  readonly input?: Readable
  /** Standard output goes through these, one behind the other, instead of being kept; an error of one ends the process. */
  readonly stdoutTo?: readonly (Transform | Writable)[]
  /** How much of the beginning of each output is kept, bytes. */
  readonly keep: number
  /** More than this of one output ends the process, bytes: a host may talk for ever. */
  readonly mostBytes?: number
  /** Ends the process. */
  readonly signal?: AbortSignal
  /** In a session of its own: it can neither ask at the terminal nor be reached by its Ctrl-C. */
  readonly detached?: boolean
  /** It is over when the program has ended well, though something that it left behind holds its outputs; of one that has failed, why is heard first. */
  readonly leavesBehind?: boolean
}

/** The beginning and the end of what was printed. */
export interface KeptOutput {
  readonly head: Buffer
  /** The last `tailBytes`. */
  readonly tail: Buffer
}

export interface ProcessEnd {
  /** 0 to 255; 128 and the signal's number when it was ended by one. */
  readonly exitCode: number
  readonly stdout: KeptOutput
  readonly stderr: KeptOutput
  /** It printed more than it may, and was ended for it. */
  readonly tooMuch: boolean
}

const tailBytes = 1024
/** So long something else may hold the outputs of a program that has failed. */
const longestLastWordsMs = 1_000

/** A write that nobody read: the pipe was broken; it was closed with the program; the write was under way when Node closed it at the program's end. */
const unread: ReadonlySet<string> = new Set(['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECANCELED'])

/** Runs a program to its end. @throws when it cannot be started, or when the input or the place of the output fails */
export async function runProcess(spec: ProcessSpec): Promise<ProcessEnd> {
  const { program, args, env, signal, detached = false } = spec
  const child = spawn(program, args, { env, detached, stdio: ['pipe', 'pipe', 'pipe'] })
  let tooMuch = false
  const stop = () => {
    killed(child, detached)
    // what it has started may live on and hold them
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
  }
  const overflow = () => {
    tooMuch = true
    stop()
  }
  const most = spec.mostBytes ?? Number.POSITIVE_INFINITY
  const stderr = kept(child.stderr, spec.keep, { most, overflow })
  const stdout = spec.stdoutTo === undefined ? kept(child.stdout, spec.keep, { most, overflow }) : () => nothing
  const drained = spec.stdoutTo === undefined ? undefined : pipeline([child.stdout, ...spec.stdoutTo]).catch(failure(stop))
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    const end = (code: number | null, by: NodeJS.Signals | null) => resolve(code ?? 128 + constants.signals[by ?? 'SIGKILL'])
    child.once('close', end)
    if (spec.leavesBehind)
      child.once('exit', (code, by) => {
        const timer = setTimeout(() => end(code, by), code === 0 ? 0 : longestLastWordsMs)
        child.once('close', () => clearTimeout(timer))
      })
  })
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  // a program that ends without reading all of its input breaks the pipe: how it ended says more than that
  const fed = pipeline(spec.input ?? Readable.from([]), child.stdin).catch((error: NodeJS.ErrnoException) =>
    unread.has(error.code ?? '') ? undefined : failure(stop)(error),
  )
  try {
    const exitCode = await ended
    const problem = (await fed) ?? (await drained)
    if (problem instanceof Error) throw problem
    return { exitCode, stdout: stdout(), stderr: stderr(), tooMuch }
  } finally {
    signal?.removeEventListener('abort', stop)
    if (spec.leavesBehind) for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  }
}

/** What a script is to read. */
export function inputStream(input: HostInput | undefined): Readable {
  if (input === undefined) return Readable.from([])
  if ('text' in input) return Readable.from([input.text])
  return input.before === undefined ? createReadStream(input.file) : Readable.from(behind(input.before, input.file))
}

async function* behind(before: string, file: string): AsyncGenerator<Buffer> {
  yield Buffer.from(before)
  yield* createReadStream(file)
}

/**
 * Output of a host as a text that does no harm where it is shown: without escape sequences and control characters but for line ends and tabs; the
 * line ends of terminals are those of files.
 */
export function readableText(bytes: Buffer): string {
  const text = stripVTControlCharacters(bytes.toString('utf8')).replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  return text.replaceAll(/[^\P{C}\n\t]/gu, '')
}

function killed(child: ChildProcess, group: boolean): void {
  try {
    if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // it has ended of itself
  }
}

const nothing: KeptOutput = { head: Buffer.alloc(0), tail: Buffer.alloc(0) }

function failure(stop: () => void): (error: Error) => Error {
  return (error) => {
    stop()
    return error
  }
}

interface OutputLimit {
  readonly most: number
  readonly overflow: () => void
}

/** Reads all of a stream, and keeps its first and its last part. */
function kept(stream: Readable, keep: number, { most, overflow }: OutputLimit): () => KeptOutput {
  const chunks: Buffer[] = []
  let tail: Buffer = Buffer.alloc(0)
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    const room = keep - size
    if (room > 0) chunks.push(chunk.subarray(0, room))
    size += chunk.length
    tail = chunk.length >= tailBytes ? chunk.subarray(-tailBytes) : Buffer.concat([tail, chunk]).subarray(-tailBytes)
    if (size > most) overflow()
  })
  return () => ({ head: Buffer.concat(chunks), tail: Buffer.from(tail) })
}
