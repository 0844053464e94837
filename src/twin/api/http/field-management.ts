import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { InVersion } from '../patch/apply/changes.ts'
import { serverSideApply } from '../patch/apply/server-side-apply.ts'
import { trackUpdate } from '../patch/apply/track-update.ts'
import { withManagedFields } from '../patch/apply/with-managed-fields.ts'
import type { MergeSchema } from '../patch/merge-schema.ts'
import { apiVersionOf, type ServedResource } from '../resource-catalog.ts'
import type { VersionConversion } from '../version-conversion.ts'

/** Who writes fields, how, and when. */
export interface FieldWrite {
  readonly manager: string
  readonly served: ServedResource
  readonly subresource?: string
  readonly nowMs: number
}

/** Keeps account of who owns which field. Source: Kubernetes, Server-Side Apply. */
export interface FieldManagement {
  /** The object, as it will be stored, with `managedFields` as they are after an update by `write.manager`. */
  track(next: DraftObject, old: KubeObject | undefined, write: FieldWrite): DraftObject
  /** What server-side apply makes of an object in the version of the write (`undefined`: there is none). Throws 409 for conflicts unless `force`. */
  apply(live: KubeObject | undefined, applied: DraftObject, write: FieldWrite & { readonly force: boolean }): DraftObject
}

/** From then on the managers of every object are noted; before, only of what is applied. Source: KEP-555. */
const tracksAllSince = 18
/** From then on it is noted that a field was written through a subresource. */
const notesSubresourceSince = 22

/** What field management knows of the kinds of a server. */
export interface ManagedKinds {
  readonly minor: number
  readonly schemaOf: (served: ServedResource) => MergeSchema
  readonly conversion: VersionConversion
  /** By `apiVersion` and `kind`; undefined for what the server does not serve. */
  readonly ofKind: (apiVersion: string, kind: string) => ServedResource | undefined
}

/** Field management as a server of a minor does it: fields are owned as they are called in the version in which they were written. */
export function fieldManagementOf({ minor, schemaOf, conversion, ofKind }: ManagedKinds): FieldManagement {
  const inVersion =
    (from: ServedResource): InVersion =>
    (object, apiVersion) => {
      const served = ofKind(apiVersion, from.type.kind)
      return served && { object: conversion.toServed(conversion.toStored(object, from) as KubeObject, served), schema: schemaOf(served) }
    }
  const common = ({ manager, served, subresource, nowMs }: FieldWrite) => ({
    manager,
    apiVersion: apiVersionOf(served.type.group, served.version),
    nowMs,
    schema: schemaOf(served),
    inVersion: inVersion(served),
    ...(subresource === undefined || minor < notesSubresourceSince ? {} : { subresource }),
  })
  return {
    track(next, live, write) {
      const tracked = minor >= tracksAllSince || live?.metadata.managedFields !== undefined
      if (!tracked) return next
      const see = (object: DraftObject) => conversion.toServed(object as KubeObject, write.served)
      const seen = trackUpdate({ ...common(write), live: live && see(live), next: see(next) })
      return withManagedFields(next, seen.metadata?.managedFields)
    },
    apply: (live, applied, write) =>
      serverSideApply({
        ...common(write),
        live,
        applied,
        force: write.force,
        kind: write.served.type.kind,
        minor,
        isKnown: (kind) => ofKind(apiVersionOf(write.served.type.group, write.served.version), kind) !== undefined,
      }),
  }
}
