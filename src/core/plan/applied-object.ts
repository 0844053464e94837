import type { Job } from 'kubernetes-types/batch/v1.js'
import { appliedAnnotation } from '../kubernetes/job-facts.ts'

/** Longest text kept in a map, in bytes of UTF-8. */
const maximumBytes = 64

/** Keys by which an element of a list is known: these are never cut in it. */
const identifyingKeys = new Set([
  'apiVersion',
  'containerPort',
  'devicePath',
  'ip',
  'kind',
  'mountPath',
  'name',
  'port',
  'topologyKey',
  'type',
])

/**
 * A Job as annotation `objectset.rio.cattle.io/applied` keeps it: without that annotation, and with the texts in maps cut to 64 bytes.
 * Texts that are elements of lists, and those by which an element is known, stay whole.
 * Source: system-upgrade-controller v0.20, which compares this with what it wants before it replaces a Job.
 */
export function appliedObject(job: Job): object {
  const { [appliedAnnotation]: _, ...annotations } = job.metadata?.annotations ?? {}
  return cutMap({ ...job, metadata: { ...job.metadata, annotations } }, false)
}

function cutMap(map: object, isElement: boolean): object {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => {
      if (typeof value === 'string') return [key, isElement && identifyingKeys.has(key) ? value : cutText(value)]
      return [key, cutStructure(value)]
    }),
  )
}

function cutStructure(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => (isMap(element) ? cutMap(element, true) : cutStructure(element)))
  return isMap(value) ? cutMap(value, false) : value
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Cuts at a byte, as Go does; every byte that is left of a character cut in two reads as U+FFFD. */
function cutText(text: string): string {
  if (text.length * 3 <= maximumBytes) return text
  let bytes = 0
  let kept = ''
  for (const character of text) {
    const size = utf8Bytes(character.codePointAt(0) ?? 0)
    if (bytes + size > maximumBytes) return kept + '\uFFFD'.repeat(maximumBytes - bytes)
    bytes += size
    kept += character
  }
  return text
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}
