import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { fileProblem } from '../file-problem.ts'
import { firstIssue } from '../first-issue.ts'
import { PartSharing } from './part-sharing.ts'
import {
  type SnapshotFact,
  SnapshotHeader,
  SnapshotLine,
  type SnapshotList,
  type SnapshotObject,
  type SnapshotRefusal,
  snapshotFormat,
} from './snapshot-lines.ts'
import { textLines } from './text-lines.ts'

/** What a snapshot says of a cluster. */
export interface Snapshot {
  readonly header: SnapshotHeader
  /** SHA-256 of its content. */
  readonly hash: string
  readonly lists: readonly SnapshotList[]
  readonly refusals: readonly SnapshotRefusal[]
  readonly facts: readonly SnapshotFact[]
  /** Equal parts of pods are the same object: they must not be changed in place. */
  readonly objects: readonly SnapshotObject[]
}

/**
 * Reads a snapshot, line by line, and checks that it is whole.
 * Throws `FalkirkError` FK_SNAPSHOT: one sentence with file and line. Bounded: lines of 32 MiB, 8 GiB in all.
 */
export async function readSnapshot(file: string): Promise<Snapshot> {
  const source = createReadStream(file)
  const gunzip = source.pipe(createGunzip())
  source.on('error', (error) => gunzip.destroy(error))
  const reading = new Reading(file)
  try {
    for await (const line of textLines(gunzip)) reading.take(line)
    return reading.end()
  } catch (error) {
    if (error instanceof FalkirkError) throw error
    throw broken(file, problemOf(error), error)
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

/** A snapshot as far as it has been read. */
class Reading {
  readonly #file: string
  readonly #hash = createHash('sha256')
  readonly #sharing = new PartSharing()
  readonly #lists: SnapshotList[] = []
  readonly #refusals: SnapshotRefusal[] = []
  readonly #facts: SnapshotFact[] = []
  readonly #objects: SnapshotObject[] = []
  #header: SnapshotHeader | undefined
  #hashText: string | undefined
  #lines = 0

  constructor(file: string) {
    this.#file = file
  }

  take(text: string): void {
    if (this.#hashText !== undefined) throw this.#broken('goes on after its end')
    const value = this.#parse(text)
    if (this.#header === undefined) this.#header = this.#readHeader(value)
    else this.#takeLine(this.#readLine(value))
    if (this.#hashText !== undefined) return
    this.#hash.update(text).update('\n')
    this.#lines += 1
  }

  end(): Snapshot {
    if (this.#header === undefined) throw broken(this.#file, 'is empty')
    if (this.#hashText === undefined) throw this.#broken('was cut off: its last line is missing')
    const counted = this.#lists.reduce((sum, { count }) => sum + count, 0)
    if (counted !== this.#objects.length) throw this.#broken(`has ${this.#objects.length} objects, and its lists speak of ${counted}`)
    const [lists, refusals, facts, objects] = [this.#lists, this.#refusals, this.#facts, this.#objects]
    return { header: this.#header, hash: this.#hashText, lists, refusals, facts, objects }
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw this.#broken('is no JSON', error)
    }
  }

  #readHeader(value: unknown): SnapshotHeader {
    const parsed = SnapshotHeader.safeParse(value)
    if (!parsed.success) throw broken(this.#file, 'is no snapshot of Falkirk: its first line does not say so')
    const { snapshot } = parsed.data
    if (snapshot !== snapshotFormat) throw broken(this.#file, `is of the format ${snapshot}: this Falkirk reads ${snapshotFormat}`)
    return parsed.data
  }

  #readLine(value: unknown): SnapshotLine {
    const parsed = SnapshotLine.safeParse(value)
    if (parsed.success) return parsed.data
    const { path, message } = firstIssue(parsed.error)
    throw this.#broken(`cannot be understood${path === '' ? '' : ` at ${path}`}: ${message}`)
  }

  #takeLine(line: SnapshotLine): void {
    if ('object' in line) this.#objects.push(this.#sharing.share(line.object))
    else if ('list' in line) this.#lists.push(line.list)
    else if ('refused' in line) this.#refusals.push(line.refused)
    else if ('fact' in line) this.#facts.push(line.fact)
    else this.#finish(line.end)
  }

  #finish({ lines, sha256 }: { lines: number; sha256: string }): void {
    if (lines !== this.#lines) throw this.#broken(`should be line ${lines + 1}: lines are missing or were added`)
    if (this.#hash.digest('hex') !== sha256) throw broken(this.#file, 'was changed: its content does not fit to its hash')
    this.#hashText = sha256
  }

  #broken(problem: string, cause?: unknown): FalkirkError {
    return broken(this.#file, `${problem} (line ${this.#lines + 1})`, cause)
  }
}

function problemOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR') return 'was cut off: take or copy it again'
  if (code.startsWith('Z_')) return 'is not gzip-compressed, or damaged'
  return code === '' ? message : fileProblem(error)
}

function broken(file: string, problem: string, cause?: unknown): FalkirkError {
  return new FalkirkError('FK_SNAPSHOT', `the snapshot ${file} ${problem}`, cause === undefined ? {} : { cause })
}
