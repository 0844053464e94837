import type { PersistentVolume, PersistentVolumeClaim, Pod } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { defaultStorageClasses } from '../../../core/kubernetes/default-storage-class.ts'
import { storageClassName } from '../../../core/scheduling/volume-reader.ts'
import { sameJson } from '../../api/same-json.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { boundClaimStatus, claimOn, volumeOf } from './bound-pair.ts'
import { type ClaimUsers, claimsOf } from './claim-users.ts'
import { type ClaimNotice, decideClaim } from './decide-claim.ts'
import { decideVolume } from './decide-volume.ts'

const claims = 'persistentvolumeclaims'
const volumes = 'persistentvolumes'
const component = 'persistentvolume-controller'
/** Since then the annotation that names the provisioner has no `beta` in it, too. */
const provisionerAnnotationMinor = 23
/** Since then a claim without a class gets the default one later, too (beta, on by default). Source: KEP-3333. */
const laterDefaultMinor = 26

/** Binds claims and volumes to each other, and says what a claim waits for. Source: Kubernetes persistent volume controller. */
export class VolumeBinder implements Controller {
  readonly name = 'persistentvolume-binder-controller'
  readonly watches = [
    { resource: claims, keysOf: ({ object }: Change) => [`claim/${nameOf(object)}`, ...volumeKeys(object)] },
    { resource: volumes, keysOf: ({ object }: Change) => [`volume/${object.metadata.name}`, ...this.#claimKeys(object)] },
    { resource: 'pods', keysOf: ({ kind, object }: Change) => (kind === 'Added' ? claimsOf(object).map((claim) => `claim/${claim}`) : []) },
    { resource: 'storageclasses.storage.k8s.io', keysOf: ({ object }: Change) => this.#waitingForClass(object) },
  ]
  readonly #client: TwinClient
  readonly #options: { readonly minor: number; readonly users: ClaimUsers }
  readonly #byClass: Index
  /** Claims that are not bound yet, by their class. */
  readonly #unbound: Index

  constructor(client: TwinClient, options: { readonly minor: number; readonly users: ClaimUsers }) {
    this.#client = client
    this.#options = options
    this.#byClass = client.store.index(volumes, (volume) => [storageClassName(as<PersistentVolume>(volume))])
    this.#unbound = client.store.index(claims, (claim) => {
      const { spec } = as<PersistentVolumeClaim>(claim)
      return (spec?.volumeName ?? '') === '' ? [storageClassName(as<PersistentVolumeClaim>(claim))] : []
    })
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    if (key.startsWith('volume/')) await this.#syncVolume(key.slice('volume/'.length))
    else await this.#syncClaim(key.slice('claim/'.length))
    return undefined
  }

  async #syncVolume(name: string): Promise<void> {
    const volume = this.#client.store.get(volumes, undefined, name)
    if (volume === undefined) return
    const { claimRef } = as<PersistentVolume>(volume).spec ?? {}
    const claim = claimRef && this.#client.store.get(claims, claimRef.namespace, claimRef.name ?? '')
    const decision = decideVolume(as<PersistentVolume>(volume), claim && as<PersistentVolumeClaim>(claim))
    if (decision.kind === 'Delete') {
      await this.#writePhase(name, 'Released')
      await this.#client.delete(volumes, { name }, { uid: volume.metadata.uid })
    } else if (decision.kind === 'Phase') await this.#writePhase(name, decision.phase)
  }

  async #writePhase(name: string, phase: string): Promise<void> {
    const next = (current: KubeObject) => {
      const { status } = as<PersistentVolume>(current)
      return status?.phase === phase ? current : { ...current, status: { ...status, phase } }
    }
    await this.#client.change(volumes, { name }, next, 'status')
  }

  async #syncClaim(key: string): Promise<void> {
    const stored = this.#client.store.get(claims, keyOf(key).namespace, keyOf(key).name)
    if (stored === undefined || stored.metadata.deletionTimestamp !== undefined) return
    const object = await this.#withDefaultClass(stored)
    const claim = as<PersistentVolumeClaim>(object)
    const className = storageClassName(claim)
    const storageClass = className === '' ? undefined : this.#client.store.get('storageclasses.storage.k8s.io', undefined, className)
    const decision = decideClaim({
      claim,
      volumes: this.#candidates(claim),
      storageClass: storageClass && as<StorageClass>(storageClass),
      unscheduledPods: this.#options.users
        .of(key)
        .filter((pod) => (as<Pod>(pod).spec?.nodeName ?? '') === '')
        .map(({ metadata }) => metadata.name),
    })
    switch (decision.kind) {
      case 'Keep':
        return
      case 'Bind':
        return this.#bind(object, decision.volume.metadata?.name ?? '')
      case 'Lost':
        return this.#pend(object, 'Lost', decision.notice)
      case 'Wait':
        return this.#pend(object, 'Pending', decision.notice)
      case 'Provision':
        return this.#ask(object, decision.provisioner)
    }
  }

  /** Those of its class, one that it names, and one that is kept for it. */
  #candidates(claim: PersistentVolumeClaim): readonly PersistentVolume[] {
    const named = claim.spec?.volumeName ?? ''
    if (named !== '') {
      const volume = this.#client.store.get(volumes, undefined, named)
      return volume === undefined ? [] : [as<PersistentVolume>(volume)]
    }
    return this.#byClass.get(storageClassName(claim)).map((volume) => as<PersistentVolume>(volume))
  }

  async #withDefaultClass(claim: KubeObject): Promise<KubeObject> {
    const { spec } = as<PersistentVolumeClaim>(claim)
    if (this.#options.minor < laterDefaultMinor || spec?.storageClassName !== undefined || (spec?.volumeName ?? '') !== '') return claim
    const name = defaultStorageClasses(this.#client.store.list('storageclasses.storage.k8s.io'))[0]?.metadata.name
    if (name === undefined || storageClassName(as<PersistentVolumeClaim>(claim)) !== '') return claim
    return this.#client.update(claims, { ...claim, spec: { ...spec, storageClassName: name } })
  }

  /** In the order of the real binder: the volume, its status, the claim, its status. Each step is left out when it is done. */
  async #bind(claim: KubeObject, volumeName: string): Promise<void> {
    const at = { namespace: claim.metadata.namespace, name: claim.metadata.name }
    const volume = await this.#client.change(volumes, { name: volumeName }, (current) => volumeOf(current, claim))
    await this.#writePhase(volumeName, 'Bound')
    await this.#client.change(claims, at, (current) => claimOn(current, volume))
    const status = boundClaimStatus(as<PersistentVolume>(volume))
    const next = (current: KubeObject): DraftObject => (sameJson(current.status, status) ? current : { ...current, status })
    await this.#client.change(claims, at, next, 'status')
  }

  async #pend(claim: KubeObject, phase: 'Pending' | 'Lost', notice: ClaimNotice | undefined): Promise<void> {
    if (notice !== undefined) await this.#client.event({ about: claim, component, ...notice })
    const next = (current: KubeObject) => {
      const { status } = as<PersistentVolumeClaim>(current)
      return status?.phase === phase ? current : { ...current, status: { ...status, phase } }
    }
    await this.#client.change(claims, { namespace: claim.metadata.namespace, name: claim.metadata.name }, next, 'status')
  }

  /** Names the provisioner that is to make a volume. */
  async #ask(claim: KubeObject, provisioner: string): Promise<void> {
    const next = (current: KubeObject) => {
      const annotations = {
        ...current.metadata.annotations,
        'volume.beta.kubernetes.io/storage-provisioner': provisioner,
        ...(this.#options.minor < provisionerAnnotationMinor ? {} : { 'volume.kubernetes.io/storage-provisioner': provisioner }),
      }
      return sameJson(annotations, current.metadata.annotations) ? current : { ...current, metadata: { ...current.metadata, annotations } }
    }
    const asked = await this.#client.change(claims, { namespace: claim.metadata.namespace, name: claim.metadata.name }, next)
    const message =
      `waiting for a volume to be created, either by external provisioner ${JSON.stringify(provisioner)} or manually created ` +
      'by system administrator'
    await this.#pend(asked, 'Pending', { type: 'Normal', reason: 'ExternalProvisioning', message })
  }

  /** The claim of a volume; for a volume that is free all claims of its class that wait. */
  #claimKeys(volume: KubeObject): readonly string[] {
    const { spec } = as<PersistentVolume>(volume)
    if (spec?.claimRef !== undefined) return [`claim/${spec.claimRef.namespace}/${spec.claimRef.name}`]
    return this.#unbound.get(storageClassName(as<PersistentVolume>(volume))).map((claim) => `claim/${nameOf(claim)}`)
  }

  #waitingForClass({ metadata }: KubeObject): readonly string[] {
    return [...this.#unbound.get(metadata.name), ...this.#unbound.get('')].map((claim) => `claim/${nameOf(claim)}`)
  }
}

function volumeKeys(claim: KubeObject): readonly string[] {
  const { volumeName = '' } = as<PersistentVolumeClaim>(claim).spec ?? {}
  return volumeName === '' ? [] : [`volume/${volumeName}`]
}
