import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { StringMap } from '../kubernetes/object-meta.ts'

/** What of a Secret takes part in its hash; values of `data` are base64, as on the wire. */
export interface HashedSecret {
  readonly name: string
  readonly type: string
  readonly data?: StringMap | undefined
  readonly immutable?: boolean | undefined
}

const letters: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' }

/**
 * The ten characters that kubectl appends to the name of a generated Secret; they change with its data, name, type or `immutable`.
 *
 * Source: kubectl's Secret hash, vectors in the tests.
 */
export function secretHash(secret: HashedSecret): string {
  const data = Object.entries(secret.data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const fields = {
    data: data.length === 0 ? null : Object.fromEntries(data),
    ...(secret.immutable === undefined ? {} : { immutable: secret.immutable }),
    kind: 'Secret',
    name: secret.name,
    type: secret.type,
  }
  const hex = bytesToHex(sha256(utf8ToBytes(goJson(fields)))).slice(0, 10)
  return hex.replace(/[013ae]/g, (digit) => letters[digit] ?? digit)
}

/** JSON as Go writes it: characters that HTML or JavaScript would stumble over are escaped. */
function goJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped)
}
