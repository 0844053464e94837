import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readOrder } from '../core/recipe/recipe-order.ts'
import { noChecksum, ownArchitecture, wrongChecksum } from './check-binary.ts'

export interface FetchMeans {
  readonly say: (line: string) => void
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** One sentence on why the binary is not there; nothing when it is. */
export type FetchProblem = string | undefined

/** A binary of Kubernetes is a tenth of this. */
const mostBytes = 1_000_000_000
const tries = 3
const pauseMs = 2_000
const limitMs = 600_000

/** Fetches the binary that an order names for this architecture into a file, and keeps it only when it has its checksum. */
export async function fetchBinary(orderText: string, orderDigest: string, file: string, means: FetchMeans): Promise<FetchProblem> {
  const read = readOrder(orderText, orderDigest)
  if (read.kind === 'Refused') return read.message
  const { order } = read
  const [url, expected] = [order.url[ownArchitecture()], order.sha256[ownArchitecture()]]
  if (url === undefined || expected === undefined) return noChecksum(order)
  const sha256 = await fetchTo(file, url, means)
  if (typeof sha256 !== 'string') return `${shown(url)} cannot be fetched: ${sha256.message}; nothing was touched`
  return sha256 === expected ? undefined : wrongChecksum(order, sha256, expected)
}

/** Digest of what came; what a network does not do at once it may do a little later. */
async function fetchTo(file: string, url: string, { say, sleep }: FetchMeans): Promise<string | Error> {
  for (let count = 1; ; count += 1) {
    const outcome = await fetchOnce(file, url).catch((error: Error) => error)
    if (typeof outcome === 'string' || count === tries) return outcome
    say(`${shown(url)}: ${outcome.message}; it is tried again`)
    await sleep(pauseMs)
  }
}

async function fetchOnce(file: string, url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(limitMs) }).catch((error: Error) => {
    throw new Error(error.cause instanceof Error ? error.cause.message : error.message)
  })
  if (!answer.ok || answer.body === null) throw new Error(`the server answered ${answer.status}`)
  const hash = createHash('sha256')
  let size = 0
  const measured = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > mostBytes) throw new Error(`it is larger than ${mostBytes / 1_000_000} MB`)
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(Readable.fromWeb(answer.body as never), measured, createWriteStream(file))
  await chmod(file, 0o755)
  return hash.digest('hex')
}

/** An address may hold a password or a signature. */
function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
