import type { Node, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import type { Clock } from '../../../cluster/clock.ts'
import { selectedNodeAnnotation } from '../../../core/scheduling/volume-plan.ts'
import { storageClassName } from '../../../core/scheduling/volume-reader.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { provisionedVolume, reachOf } from './provisioned-volume.ts'

const provisionerAnnotation = 'volume.beta.kubernetes.io/storage-provisioner'
const zoneLabel = 'topology.kubernetes.io/zone'

export interface ProvisionerOptions {
  readonly clock: Clock
  readonly random: () => number
  /** How long it takes to make a volume, ms. */
  readonly provisionMs: (provisioner: string) => number
}

/** Makes volumes for claims that ask a provisioner, whichever it is: what the external provisioners of a cluster do. */
export class Provisioner implements Controller {
  readonly name = 'external-provisioner'
  readonly watches = [{ resource: 'persistentvolumeclaims', keysOf: ({ object }: Change) => (isAsking(object) ? [nameOf(object)] : []) }]
  readonly #client: TwinClient
  readonly #options: ProvisionerOptions
  /** When the volume of a claim (by UID) will be there, epoch ms. */
  readonly #readyAtMs = new Map<string, number>()

  constructor(client: TwinClient, options: ProvisionerOptions) {
    this.#client = client
    this.#options = options
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace, name } = keyOf(key)
    const object = this.#client.store.get('persistentvolumeclaims', namespace, name)
    if (object === undefined || !isAsking(object)) return undefined
    const claim = as<PersistentVolumeClaim>(object)
    const provisioner = object.metadata.annotations?.[provisionerAnnotation] ?? ''
    const { uid } = object.metadata
    if (this.#client.store.get('persistentvolumes', undefined, `pvc-${uid}`) !== undefined) return undefined
    const storageClass = this.#client.store.get('storageclasses.storage.k8s.io', undefined, storageClassName(claim))
    if (storageClass === undefined) return undefined
    const readyAtMs = await this.#begin(object, provisioner)
    const now = this.#options.clock.now()
    if (now < readyAtMs) return { afterMs: readyAtMs - now }
    this.#readyAtMs.delete(uid)
    await this.#make(object, as<StorageClass>(storageClass))
    return undefined
  }

  async #begin(claim: KubeObject, provisioner: string): Promise<number> {
    const { uid } = claim.metadata
    const known = this.#readyAtMs.get(uid)
    if (known !== undefined) return known
    const readyAtMs = this.#options.clock.now() + this.#options.provisionMs(provisioner)
    this.#readyAtMs.set(uid, readyAtMs)
    const message = `External provisioner is provisioning volume for claim ${JSON.stringify(nameOf(claim))}`
    await this.#client.event({ about: claim, type: 'Normal', reason: 'Provisioning', message, component: provisioner })
    return readyAtMs
  }

  async #make(claim: KubeObject, storageClass: StorageClass): Promise<void> {
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation]
    const node = selected === undefined ? undefined : this.#client.store.get('nodes', undefined, selected)
    const draft = provisionedVolume({
      claim: as<PersistentVolumeClaim>(claim),
      storageClass,
      node: node && as<Node>(node),
      zones: this.#zones(),
      chance: this.#options.random(),
      reach: reachOf(storageClass.provisioner),
    })
    await this.#client.create('persistentvolumes', draft)
    const message = `Successfully provisioned volume ${draft.metadata?.name}`
    const component = storageClass.provisioner
    await this.#client.event({ about: claim, type: 'Normal', reason: 'ProvisioningSucceeded', message, component })
  }

  #zones(): readonly string[] {
    return [...new Set(this.#client.store.list('nodes').flatMap(({ metadata }) => metadata.labels?.[zoneLabel] ?? []))].sort()
  }
}

/** A claim that is not bound, and whose provisioner has been named. */
function isAsking(object: KubeObject): boolean {
  const { spec } = as<PersistentVolumeClaim>(object)
  const { annotations = {}, deletionTimestamp } = object.metadata
  return annotations[provisionerAnnotation] !== undefined && (spec?.volumeName ?? '') === '' && deletionTimestamp === undefined
}
