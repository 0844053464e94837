import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import type { Describe } from '../open-api-schema.ts'
import { describeTypes } from './describe-types.ts'
import { type DescribedVersions, typeWords } from './type-words.ts'

/** Beside the shipped program; written when that is built. */
const shippedFile = 'type-descriptions.json.br'

/**
 * The descriptions of the built-in types, read when the first is asked for: from the file beside the shipped program, else from the npm package
 * kubernetes-types. Without either nothing is described.
 */
export function storedDescriptions(): Describe {
  return describeTypes(() => shippedDescriptions() ?? packageDescriptions() ?? {})
}

/** What the package kubernetes-types says; undefined where it is not installed. */
export function packageDescriptions(): DescribedVersions | undefined {
  const folder = packageFolder()
  if (folder === undefined) return undefined
  const rooms = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const files = rooms.flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`))
  const versions = files.filter((file) => /^[a-z]+\/v\d\w*\.d\.ts$/.test(file)).sort(byAge)
  return Object.fromEntries(versions.map((file) => [file.replace('.d.ts', ''), typeWords(readFileSync(join(folder, file), 'utf8'))]))
}

/** Stable versions before those that are not. */
function byAge(a: string, b: string): number {
  return Number(/alpha|beta/.test(a)) - Number(/alpha|beta/.test(b)) || (a < b ? -1 : 1)
}

function shippedDescriptions(): DescribedVersions | undefined {
  const file = join(dirname(fileURLToPath(import.meta.url)), shippedFile)
  return existsSync(file) ? (JSON.parse(brotliDecompressSync(readFileSync(file)).toString('utf8')) as DescribedVersions) : undefined
}

function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('kubernetes-types/package.json'))
  } catch {
    return undefined
  }
}
