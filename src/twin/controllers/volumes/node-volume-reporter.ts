import type { AttachedVolume, Node, PersistentVolume } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import { sameJson } from '../../api/same-json.ts'
import type { Controller } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { attachable, nodeVolumeName } from './attachable-volume.ts'

const attachments = 'volumeattachments.storage.k8s.io'

/** Writes what is attached to a node into its `status.volumesAttached`. Source: Kubernetes attach-detach controller, node status updater. */
export class NodeVolumeReporter implements Controller {
  readonly name = 'attachdetach-node-status'
  readonly watches = [{ resource: attachments, keysOf: (change: Change) => nodeWithNews(change) }]
  readonly #client: TwinClient
  readonly #byNode: Index

  constructor(client: TwinClient) {
    this.#client = client
    this.#byNode = client.store.index(attachments, (object) => [nodeNameOf(object)])
  }

  async reconcile(name: string): Promise<undefined> {
    const node = this.#client.store.get('nodes', undefined, name)
    if (node === undefined || sameJson(attachedTo(node), this.#attached(name))) return
    await this.#client.change(
      'nodes',
      { name },
      (current) => {
        const { volumesAttached: _before, ...status } = as<Node>(current).status ?? {}
        const now = this.#attached(name)
        return { ...current, status: now.length === 0 ? status : { ...status, volumesAttached: now } }
      },
      'status',
    )
  }

  /** Without what is about to be detached: whoever is to lose a volume must not begin to use it. */
  #attached(nodeName: string): readonly AttachedVolume[] {
    const names = this.#byNode.get(nodeName).filter(isAttached).flatMap(this.#nodeVolumeOf, this)
    return names.sort().map((name) => ({ name, devicePath: '' }))
  }

  #nodeVolumeOf(attachment: KubeObject): readonly string[] {
    const { persistentVolumeName = '' } = as<VolumeAttachment>(attachment).spec.source
    const volume = this.#client.store.get('persistentvolumes', undefined, persistentVolumeName)
    const how = volume && attachable(as<PersistentVolume>(volume))
    return how === undefined ? [] : [nodeVolumeName(how)]
  }
}

function attachedTo(node: KubeObject): readonly AttachedVolume[] {
  return as<Node>(node).status?.volumesAttached ?? []
}

function nodeWithNews({ kind, object, previous }: Change): readonly string[] {
  const before = previous !== undefined && isAttached(previous)
  const now = kind !== 'Deleted' && isAttached(object)
  return before === now && kind !== 'Deleted' ? [] : [nodeNameOf(object)]
}

function isAttached(object: KubeObject): boolean {
  return as<VolumeAttachment>(object).status?.attached === true && object.metadata.deletionTimestamp === undefined
}

function nodeNameOf(object: KubeObject): string {
  return as<VolumeAttachment>(object).spec.nodeName
}
