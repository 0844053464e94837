import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import type { CSINode, StorageClass } from 'kubernetes-types/storage/v1.js'
import { selectedNodeAnnotation, type VolumePlan } from '../../core/scheduling/volume-plan.ts'
import { storageClassName, type VolumeReader } from '../../core/scheduling/volume-reader.ts'
import { as } from '../kube-object.ts'
import type { Index } from '../store/object-index.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** Storage as the store has it, and as it will be when the pods that have a node by now are bound. */
export class AssumedVolumes implements VolumeReader {
  readonly #store: ObjectStore
  readonly #byClass: Index
  readonly #assumedVolumes = new Map<string, PersistentVolume>()
  readonly #assumedClaims = new Map<string, PersistentVolumeClaim>()

  constructor(store: ObjectStore) {
    this.#store = store
    this.#byClass = store.index('persistentvolumes', (volume) => [storageClassName(as<PersistentVolume>(volume))])
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    const claim = this.#store.get('persistentvolumeclaims', namespace, name)
    return this.#assumedClaims.get(`${namespace}/${name}`) ?? (claim === undefined ? undefined : as<PersistentVolumeClaim>(claim))
  }

  volume(name: string): PersistentVolume | undefined {
    const volume = this.#store.get('persistentvolumes', undefined, name)
    return this.#assumedVolumes.get(name) ?? (volume === undefined ? undefined : as<PersistentVolume>(volume))
  }

  volumesOfClass(className: string): readonly PersistentVolume[] {
    return this.#byClass.get(className).map((volume) => this.#assumedVolumes.get(volume.metadata.name) ?? as<PersistentVolume>(volume))
  }

  storageClass(name: string): StorageClass | undefined {
    const found = name === '' ? undefined : this.#store.get('storageclasses.storage.k8s.io', undefined, name)
    return found === undefined ? undefined : as<StorageClass>(found)
  }

  csiNode(nodeName: string): CSINode | undefined {
    const found = this.#store.get('csinodes.storage.k8s.io', undefined, nodeName)
    return found === undefined ? undefined : as<CSINode>(found)
  }

  /** From now on the plan for a node counts as done; the returned function takes that back. */
  assume({ bindings, provisions }: VolumePlan, nodeName: string): () => void {
    for (const { volume, claim } of bindings) this.#assumedVolumes.set(volume.metadata?.name ?? '', claimedVolume(volume, claim))
    for (const claim of provisions) this.#assumedClaims.set(keyOf(claim), placedClaim(claim, nodeName))
    return () => {
      for (const { volume } of bindings) this.#assumedVolumes.delete(volume.metadata?.name ?? '')
      for (const claim of provisions) this.#assumedClaims.delete(keyOf(claim))
    }
  }
}

function keyOf({ metadata }: PersistentVolumeClaim): string {
  return `${metadata?.namespace}/${metadata?.name}`
}

/** A volume that is kept for a claim. Source: Kubernetes, GetBindVolumeToClaim. */
export function claimedVolume(volume: PersistentVolume, { metadata }: PersistentVolumeClaim): PersistentVolume {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata ?? {}
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid, resourceVersion }
  const annotations = { ...volume.metadata?.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } }
}

/** A claim whose storage is to be made for a node. */
export function placedClaim(claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  return { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata?.annotations, [selectedNodeAnnotation]: nodeName } } }
}
