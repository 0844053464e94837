import { epochMs } from '../kubernetes/epoch-ms.ts'

/** What the core needs of a VolumeAttachment: that a volume is at a node, or on its way to it or from it. */
export interface AttachmentFacts {
  readonly name: string
  readonly resourceVersion: string
  readonly nodeName: string
  /** Of the PersistentVolume; empty for a volume that stands in a pod itself. */
  readonly volume: string
  /** The driver that attaches and detaches it, e.g. `ebs.csi.aws.com`. */
  readonly driver: string
  /** Since when it is being detached (epoch milliseconds); absent while nobody does. */
  readonly detachingSinceMs?: number
  /** Why the driver could not detach it, in its own words. */
  readonly detachError?: string
}

interface RawAttachment {
  metadata?: { name?: string; resourceVersion?: string; deletionTimestamp?: string }
  spec?: { attacher?: string; nodeName?: string; source?: { persistentVolumeName?: string } }
  status?: { detachError?: { message?: string } }
}

/** Drivers write whole stacks. */
const longestError = 200

/** Trims a VolumeAttachment (`storage.k8s.io/v1`) as the API gives it to its facts: there are tens of thousands of them. */
export function attachmentFacts(object: unknown): AttachmentFacts {
  const { metadata = {}, spec = {}, status = {} } = object as RawAttachment
  const detachingSinceMs = epochMs(metadata.deletionTimestamp)
  const detachError = status.detachError?.message?.slice(0, longestError)
  return {
    name: metadata.name ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    nodeName: spec.nodeName ?? '',
    volume: spec.source?.persistentVolumeName ?? '',
    driver: spec.attacher ?? '',
    ...(detachingSinceMs === undefined ? {} : { detachingSinceMs }),
    ...(detachError ? { detachError } : {}),
  }
}

/** What a PersistentVolume says of the claim that it is bound to: `namespace/name`. `Unread`: the right to read it is missing. */
export type VolumeClaim =
  | { readonly kind: 'Claim'; readonly claim: string }
  | { readonly kind: 'None' }
  | { readonly kind: 'Unread'; readonly problem: string }

/** Trims a PersistentVolume as the API gives it; `undefined` for one that is gone. */
export function volumeClaim(object: unknown): VolumeClaim {
  const { namespace, name } = (object as { spec?: { claimRef?: { namespace?: string; name?: string } } } | undefined)?.spec?.claimRef ?? {}
  return namespace === undefined || name === undefined ? { kind: 'None' } : { kind: 'Claim', claim: `${namespace}/${name}` }
}
