import { readFile, stat } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { FalkirkError } from '../core/falkirk-error.ts'
import { mergeReleases, parseReleases, type Releases } from '../core/version/releases.ts'
import { shippedReleases } from '../core/version/shipped-releases.ts'

/** What is shipped has 12 KiB. */
const longestFile = 4 * 2 ** 20

/** The release data that are shipped, with those of a file laid over them when one is named. Throws FK_RELEASES. */
export async function readReleases(file: string | undefined): Promise<Releases> {
  const shipped = shippedReleases()
  if (file === undefined || file === '') return shipped
  const read = parseReleases(objectOf(await textOf(file), file))
  if (read.kind === 'Invalid') throw bad(`${file}: ${read.message}`)
  return mergeReleases(shipped, read.releases)
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > longestFile) throw bad(`${file} is larger than 4 MiB: it holds something else than release data`)
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof FalkirkError) throw error
    throw bad(
      `${file} cannot be read (${error instanceof Error && 'code' in error ? error.code : String(error)}): name a file of release data`,
      error,
    )
  }
}

/** YAML reads JSON as well. */
function objectOf(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error !== undefined) {
    if (error.code === 'MULTIPLE_DOCS')
      throw bad(`${file} line ${error.linePos?.[0].line ?? 1} begins another document: release data are one`, error)
    throw bad(
      `${file} line ${error.linePos?.[0].line ?? 1} is neither YAML nor JSON: ${error.message.split('\n')[0]?.replace(/:$/, '')}`,
      error,
    )
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw bad(`${file} refers too often to what is written once`, error)
  }
}

function bad(message: string, cause?: unknown): FalkirkError {
  return new FalkirkError('FK_RELEASES', message, { cause })
}
