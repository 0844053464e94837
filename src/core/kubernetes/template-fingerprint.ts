import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * SHA-256, in hex, of a pod template: the same for templates that mean the same. The order of keys does not count, nor whether something
 * empty or a default of the API server is written out, so that one program's template can be compared with another's.
 */
export function templateFingerprint(template: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(canonical(template, '') ?? null))))
}

/** Values that the API server fills in where they are left out. Source: Kubernetes API reference. */
const defaults: Readonly<Record<string, unknown>> = { apiVersion: 'v1', defaultMode: 420, optional: false, divisor: '0' }

/** Maps in which an empty text is a value like any other, and whose keys of `falkirk.dev` say nothing about the pod. */
const freeMaps = new Set(['labels', 'annotations'])

/** No pod template has as many levels; what is deeper is somebody's trick and does not count. */
const maximumDepth = 64

/** What is left of a value, `undefined` when nothing is. Elements of lists all stay, as their number counts. */
function canonical(value: unknown, inside: string, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value ?? undefined
  if (depth > maximumDepth) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((element) => canonical(element, inside, depth + 1) ?? null)
  const entries = Object.entries(value)
    .filter(([key, member]) => counts(key, member, inside))
    .map(([key, member]): [string, unknown] => [key, canonical(member, key, depth + 1)])
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function counts(key: string, member: unknown, inside: string): boolean {
  return freeMaps.has(inside) ? !key.startsWith('falkirk.dev/') : member !== '' && defaults[key] !== member
}
