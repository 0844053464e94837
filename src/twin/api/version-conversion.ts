import type { DraftObject, KubeObject } from '../kube-object.ts'
import { apiVersionOf, type ServedResource, storedApiVersion } from './resource-catalog.ts'

/** How an object looks in each version in which it is served. */
export interface VersionConversion {
  /** May return its argument, and shares parts with it. */
  toServed(object: KubeObject, as: ServedResource): KubeObject
  toStored(draft: DraftObject, from: ServedResource): DraftObject
}

/** For kinds that look the same in all their versions: only `apiVersion` differs. */
export const sameShape: VersionConversion = {
  toServed(object, { type, version }) {
    const apiVersion = apiVersionOf(type.group, version)
    return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
  },
  toStored: (draft, { type }) => ({ ...draft, apiVersion: storedApiVersion(type) }),
}
