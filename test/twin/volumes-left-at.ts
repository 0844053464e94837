import type { PersistentVolume, Pod } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import { as } from '../../src/twin/kube-object.ts'
import type { ObjectStore } from '../../src/twin/store/object-store.ts'

/** `namespace/name` of claims whose volumes are attached to a node although no pod on it uses them; none on a node that is alone. */
export function volumesLeftAt(store: ObjectStore, node: string): readonly string[] {
  if (store.count('nodes') === 1) return []
  const pods = store.list('pods').filter((pod) => as<Pod>(pod).spec?.nodeName === node)
  const used = pods.flatMap((pod) =>
    (as<Pod>(pod).spec?.volumes ?? []).map(({ persistentVolumeClaim }) => `${pod.metadata.namespace}/${persistentVolumeClaim?.claimName}`),
  )
  return store.list('volumeattachments.storage.k8s.io').flatMap((object) => {
    const { nodeName, source } = as<VolumeAttachment>(object).spec
    const volume = store.get('persistentvolumes', undefined, source.persistentVolumeName ?? '')
    const { namespace, name } = (volume && as<PersistentVolume>(volume).spec?.claimRef) ?? {}
    return nodeName !== node || used.includes(`${namespace}/${name}`) ? [] : [`${namespace}/${name}`]
  })
}
