import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { StringMap } from '../kubernetes/object-meta.ts'

/** The marks that say which set of objects a Job belongs to. */
export interface ObjectSetMarks {
  readonly labels: StringMap
  readonly annotations: StringMap
}

/**
 * Marks a Job as a system-upgrade-controller does, so that one started in Falkirk's place finds its Jobs and creates none anew.
 * The label is the SHA-1 of the four annotations' values in the order id, owner-gvk, owner-name, owner-namespace.
 * Source: system-upgrade-controller v0.20; vectors in the tests.
 */
export function objectSetMarks({
  controllerName,
  planName,
  namespace,
}: {
  controllerName: string
  planName: string
  namespace: string
}): ObjectSetMarks {
  const kind = 'upgrade.cattle.io/v1, Kind=Plan'
  return {
    labels: { 'objectset.rio.cattle.io/hash': bytesToHex(sha1(utf8ToBytes(controllerName + kind + planName + namespace))) },
    annotations: {
      'objectset.rio.cattle.io/id': controllerName,
      'objectset.rio.cattle.io/owner-gvk': kind,
      'objectset.rio.cattle.io/owner-name': planName,
      'objectset.rio.cattle.io/owner-namespace': namespace,
    },
  }
}
