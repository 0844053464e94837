import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileProblem } from '../../cluster/file-problem.ts'
import { filledIn, isAddress, type ReleasePlace } from '../../core/recipe/release-files.ts'

/** The text of a small file, or one clause on why there is none. `isMissing`: whoever was asked has no such file. */
export type ReadText =
  | { readonly kind: 'Text'; readonly text: string; readonly at: string }
  | { readonly kind: 'None'; readonly why: string; readonly at: string; readonly isMissing: boolean }

/** Lists of checksums have some kilobytes. */
const mostBytes = 1_000_000
const limitMs = 30_000
const tries = 3
const pauseMs = 1_000

/** Reads a small file of a release, such as a list of checksums, from a folder of this machine or from an address. */
export async function readReleaseFile(template: string, place: ReleasePlace): Promise<ReadText> {
  const at = filledIn(template, place)
  if (!isAddress(at)) {
    return await readFile(at, 'utf8').then(
      (text) => ({ kind: 'Text', text, at }) as const,
      (error: NodeJS.ErrnoException) => ({ kind: 'None', why: fileProblem(error), at, isMissing: error.code === 'ENOENT' }) as const,
    )
  }
  for (let count = 1; ; count += 1) {
    const read = await ask(at)
    if (read.kind === 'Text' || read.isMissing || count === tries) return read
    await sleep(pauseMs)
  }
}

async function ask(at: string): Promise<ReadText> {
  try {
    const answer = await fetch(at, { signal: AbortSignal.timeout(limitMs) })
    if (!answer.ok) return { kind: 'None', why: `the server answers ${answer.status}`, at, isMissing: answer.status === 404 }
    if (Number(answer.headers.get('content-length') ?? 0) > mostBytes)
      return { kind: 'None', why: 'it is larger than 1 MB', at, isMissing: true }
    return { kind: 'Text', text: (await answer.text()).slice(0, mostBytes), at }
  } catch (error) {
    const { cause, message } = error as Error
    return { kind: 'None', why: cause instanceof Error ? cause.message : message, at, isMissing: false }
  }
}
