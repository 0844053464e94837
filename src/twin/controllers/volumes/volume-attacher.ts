import type { Pod } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import type { Clock } from '../../../cluster/clock.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import type { ClaimUsers } from './claim-users.ts'

const attachments = 'volumeattachments.storage.k8s.io'

export interface AttacherOptions {
  readonly clock: Clock
  readonly users: ClaimUsers
  /** How long a driver takes, ms. */
  readonly attachMs: (driver: string) => number
  readonly detachMs: (driver: string) => number
}

/** Attaches and detaches volumes in the time that their drivers take: what the external attachers of a cluster do. */
export class VolumeAttacher implements Controller {
  readonly name = 'external-attacher'
  readonly watches = [{ resource: attachments, keysOf: ({ kind, object }: Change) => (kind === 'Deleted' ? [] : [object.metadata.name]) }]
  readonly #client: TwinClient
  readonly #options: AttacherOptions
  /** When what has begun is done, by UID and what it is; epoch ms. */
  readonly #doneAtMs = new Map<string, number>()

  constructor(client: TwinClient, options: AttacherOptions) {
    this.#client = client
    this.#options = options
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const object = this.#client.store.get(attachments, undefined, name)
    if (object === undefined) return undefined
    const { spec, status } = as<VolumeAttachment>(object)
    const finalizer = `external-attacher/${spec.attacher.replaceAll('.', '-')}`
    const has = object.metadata.finalizers?.includes(finalizer) === true
    if (object.metadata.deletionTimestamp !== undefined) {
      const wake = this.#wait(object, 'detach', this.#options.detachMs(spec.attacher))
      if (wake === undefined && has) await this.#client.change(attachments, { name }, (current) => without(current, finalizer))
      return wake
    }
    if (status?.attached === true) return undefined
    if (!has) await this.#client.change(attachments, { name }, (current) => withFinalizer(current, finalizer))
    const wake = this.#wait(object, 'attach', this.#options.attachMs(spec.attacher))
    if (wake === undefined) await this.#attached(object)
    return wake
  }

  #wait({ metadata }: KubeObject, what: 'attach' | 'detach', takesMs: number): Wake | undefined {
    const key = `${metadata.uid} ${what}`
    const now = this.#options.clock.now()
    const doneAtMs = this.#doneAtMs.get(key) ?? now + takesMs
    if (now < doneAtMs) {
      this.#doneAtMs.set(key, doneAtMs)
      return { afterMs: doneAtMs - now }
    }
    this.#doneAtMs.delete(key)
    return undefined
  }

  async #attached(object: KubeObject): Promise<void> {
    const { name } = object.metadata
    await this.#client.change(attachments, { name }, (current) => ({ ...current, status: { attached: true } }), 'status')
    const { spec } = as<VolumeAttachment>(object)
    const volume = spec.source.persistentVolumeName ?? ''
    for (const pod of this.#podsOf(volume, spec.nodeName)) {
      const message = `AttachVolume.Attach succeeded for volume ${JSON.stringify(volume)} `
      await this.#client.event({
        about: pod,
        type: 'Normal',
        reason: 'SuccessfulAttachVolume',
        message,
        component: 'attachdetach-controller',
      })
    }
  }

  #podsOf(volume: string, nodeName: string): readonly KubeObject[] {
    const object = this.#client.store.get('persistentvolumes', undefined, volume)
    const { namespace, name } = (object?.spec as { claimRef?: { namespace: string; name: string } } | undefined)?.claimRef ?? {}
    return this.#options.users.of(`${namespace}/${name}`).filter((pod) => as<Pod>(pod).spec?.nodeName === nodeName)
  }
}

function withFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const { finalizers = [] } = object.metadata
  return finalizers.includes(finalizer) ? object : { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

function without(object: KubeObject, finalizer: string): KubeObject {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  return { ...object, metadata: { ...object.metadata, finalizers } }
}
