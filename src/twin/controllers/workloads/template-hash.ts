import { canonicalJson } from '../../../cluster/snapshot/canonical-json.ts'

/** No vowels and no digits that look like one, so that no word comes out. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/**
 * The label value that tells one pod template from another: 32 bits of FNV-1a over canonical JSON, written with ten letters and digits at most.
 * Same form as Kubernetes' own, other value: there it is computed from Go's memory layout of the template.
 */
export function templateHash(template: unknown, collisionCount: number | undefined): string {
  const text = canonicalJson(template) + (collisionCount === undefined ? '' : `\u0000${collisionCount}`)
  return [...String(fnv32a(text))].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('')
}

function fnv32a(text: string): number {
  // kept as a signed number: what does not fit into 32 bits is slow to reckon with
  let hash = 0x811c9dc5 | 0
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}
