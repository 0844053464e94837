import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { ServedResource } from '../resource-catalog.ts'

/** Who writes fields, how, and when. */
export interface FieldWrite {
  readonly manager: string
  readonly served: ServedResource
  readonly subresource?: string
  readonly nowMs: number
}

/** Keeps account of who owns which field. Source: Kubernetes, Server-Side Apply. */
export interface FieldManagement {
  /** The object with `managedFields` as they are after an update by `write.manager`. */
  track(next: DraftObject, old: KubeObject | undefined, write: FieldWrite): DraftObject
  /** What server-side apply makes of an object (`undefined`: there is none). Throws 409 for conflicts unless `force`. */
  apply(live: KubeObject | undefined, applied: DraftObject, write: FieldWrite & { readonly force: boolean }): DraftObject
}

/** Longer names of managers are cut. Source: Kubernetes, FieldManagerMaxLength. */
const longestManager = 128

/** The name under which a write is accounted: what the query says, otherwise the first part of the User-Agent. */
export function managerOf(query: URLSearchParams, userAgent: string | undefined): string {
  const asked = query.get('fieldManager')
  if (asked) return asked
  const [program = ''] = (userAgent ?? '').split('/')
  return [...program.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')].slice(0, longestManager).join('') || 'unknown'
}
