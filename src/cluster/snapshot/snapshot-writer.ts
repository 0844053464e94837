import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { fileProblem } from '../file-problem.ts'
import { canonicalJson } from './canonical-json.ts'
import type { SnapshotHeader, SnapshotLine } from './snapshot-lines.ts'

/** Writes a snapshot line by line into a file beside its place, which it takes when it is whole. */
export class SnapshotWriter {
  readonly #file: string
  readonly #partial: string
  readonly #gzip = createGzip()
  readonly #hash = createHash('sha256')
  readonly #done: Promise<void>
  #lines = 0

  constructor(file: string) {
    this.#file = file
    this.#partial = `${file}.partial`
    const target = createWriteStream(this.#partial, { mode: 0o600 })
    target.on('error', (error) => this.#gzip.destroy(error))
    // it is told to whoever writes next
    this.#gzip.on('error', () => undefined)
    this.#done = finished(this.#gzip.pipe(target))
    this.#done.catch(() => undefined)
  }

  /** Throws `FalkirkError` FK_SNAPSHOT when the file cannot be written. */
  async write(line: SnapshotHeader | SnapshotLine): Promise<void> {
    await this.writeText(canonicalJson(line))
  }

  /** A line that is canonical JSON already. */
  async writeText(json: string): Promise<void> {
    const text = `${json}\n`
    this.#hash.update(text)
    this.#lines += 1
    await this.#put(text)
  }

  /** Writes the last line and puts the file in its place; resolves with the content hash. */
  async finish(): Promise<string> {
    const sha256 = this.#hash.digest('hex')
    await this.#put(`${canonicalJson({ end: { lines: this.#lines, sha256 } })}\n`)
    try {
      this.#gzip.end()
      await this.#done
      await rename(this.#partial, this.#file)
    } catch (error) {
      throw this.#failure(error)
    }
    return sha256
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    this.#gzip.destroy()
    await this.#done.catch(() => undefined)
    await rm(this.#partial, { force: true })
  }

  async #put(text: string): Promise<void> {
    if (this.#gzip.destroyed) throw this.#failure(this.#gzip.errored)
    if (this.#gzip.write(text)) return
    try {
      await once(this.#gzip, 'drain')
    } catch (error) {
      throw this.#failure(error)
    }
  }

  #failure(error: unknown): FalkirkError {
    const problem = error instanceof Error ? fileProblem(error).replace('cannot be read', 'cannot be written') : 'cannot be written'
    return new FalkirkError('FK_SNAPSHOT', `the snapshot ${this.#file} ${problem}`, { cause: error })
  }
}
