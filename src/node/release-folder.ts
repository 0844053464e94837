import { stat } from 'node:fs/promises'
import { filledIn, type ReleasePlace } from '../core/recipe/release-files.ts'
import { fileSha256 } from './file-sha256.ts'

/** Files of releases on this machine, laid out as an address template of `{version}`, `{architecture}` and `{file}` says. */
export interface ReleaseFolder {
  /** Path of a file; undefined when it is not there. */
  find(place: ReleasePlace): Promise<string | undefined>
  /** Its digest, 64 hex digits; read again when the file has changed. */
  sha256(path: string): Promise<string>
}

/** `template`: an absolute path. */
export function releaseFolder(template: string): ReleaseFolder {
  const digests = new Map<string, Promise<string>>()
  return {
    async find(place) {
      const path = filledIn(template, place)
      const isThere = await stat(path).then(
        (found) => found.isFile(),
        () => false,
      )
      return isThere ? path : undefined
    },
    async sha256(path) {
      const { mtimeMs, size } = await stat(path)
      const key = `${path} ${mtimeMs} ${size}`
      const digest = digests.get(key) ?? fileSha256(path)
      digests.set(key, digest)
      return await digest
    },
  }
}
