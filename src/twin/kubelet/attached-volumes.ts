import type { PersistentVolume, PersistentVolumeClaim, Pod } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import {
  type AttachableVolume,
  attachable,
  attachmentName,
  needsAttachment,
  nodeVolumeName,
} from '../controllers/volumes/attachable-volume.ts'
import { claimsOf } from '../controllers/volumes/claim-users.ts'
import { as } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { AttachedVolume } from './kubelet-api.ts'

type Reader = Pick<ObjectStore, 'get'>

/** The volumes of a pod's claims that have to be attached to its node; claims that are not bound are left out. */
export function attachedVolumes(pod: Pod, reader: Reader): readonly AttachedVolume[] {
  const nodeName = pod.spec?.nodeName ?? ''
  return claimsOf(pod).flatMap((claim) => {
    const how = attachableOf(claim, reader)
    if (how === undefined) return []
    const attachment = reader.get('volumeattachments.storage.k8s.io', undefined, attachmentName(how, nodeName))
    const attached = attachment !== undefined && as<VolumeAttachment>(attachment).status?.attached === true
    return [{ name: nodeVolumeName(how), attached: attached && attachment.metadata.deletionTimestamp === undefined }]
  })
}

function attachableOf(claim: string, reader: Reader): AttachableVolume | undefined {
  const [namespace = '', name = ''] = claim.split('/')
  const object = reader.get('persistentvolumeclaims', namespace, name)
  const volumeName = object && as<PersistentVolumeClaim>(object).spec?.volumeName
  const volume = volumeName ? reader.get('persistentvolumes', undefined, volumeName) : undefined
  const how = volume && attachable(as<PersistentVolume>(volume))
  return how && needsAttachment(how.driver, reader) ? how : undefined
}
