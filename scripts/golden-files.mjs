import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * The golden files, which tests compare with what the code makes and `npm run golden` rewrites, with a hash of each:
 * everything below a folder `testdata`, and the CRDs that are generated from their schemas.
 * @returns {Map<string, string>}
 */
export function goldenFiles() {
  const files = ['src', 'test', 'deploy'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
  )
  const golden = files.filter((file) => file.includes('/testdata/') || /^deploy\/base\/crd[\w-]*\.yaml$/.test(file))
  return new Map(
    golden
      .filter((file) => statSync(join(root, file)).isFile())
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(root, file)))
          .digest('hex'),
      ]),
  )
}

/**
 * Which files were written, changed or removed between two looks.
 * @param {Map<string, string>} before
 * @param {Map<string, string>} after
 */
export function changedFiles(before, after) {
  return [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file)).sort()
}
