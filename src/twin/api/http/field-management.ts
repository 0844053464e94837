import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { serverSideApply } from '../patch/apply/server-side-apply.ts'
import { trackUpdate } from '../patch/apply/track-update.ts'
import type { MergeSchema } from '../patch/merge-schema.ts'
import { apiVersionOf, type ServedResource } from '../resource-catalog.ts'

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

/** From then on the managers of every object are noted; before, only of what is applied. Source: KEP-555. */
const tracksAllSince = 18
/** From then on it is noted that a field was written through a subresource. */
const notesSubresourceSince = 22

/** Field management as a server of a minor does it. */
export function fieldManagementOf(minor: number, schemaOf: (served: ServedResource) => MergeSchema): FieldManagement {
  const common = ({ manager, served, subresource, nowMs }: FieldWrite) => ({
    manager,
    apiVersion: apiVersionOf(served.type.group, served.version),
    nowMs,
    schema: schemaOf(served),
    ...(subresource === undefined || minor < notesSubresourceSince ? {} : { subresource }),
  })
  return {
    track(next, live, write) {
      const tracked = minor >= tracksAllSince || live?.metadata.managedFields !== undefined
      return tracked ? trackUpdate({ ...common(write), live, next }) : next
    },
    apply: (live, applied, write) =>
      serverSideApply({ ...common(write), live, applied, force: write.force, kind: write.served.type.kind, minor }),
  }
}
