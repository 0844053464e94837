import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import type { Clock } from '../../../cluster/clock.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { readyCondition } from '../node-lifecycle/node-health.ts'
import { isOutOfService } from '../pod-garbage/decide-pod-garbage.ts'
import {
  type AttachableVolume,
  allowsMultiAttach,
  attachable,
  attachmentName,
  needsAttachment,
  nodeVolumeName,
} from './attachable-volume.ts'
import { type ClaimUsers, claimsOf } from './claim-users.ts'
import { type AttachedNode, type AttachmentDecision, decideAttachments } from './decide-attachments.ts'

const attachments = 'volumeattachments.storage.k8s.io'
const component = 'attachdetach-controller'

export interface AttachDetachOptions {
  readonly clock: Clock
  readonly minor: number
  readonly users: ClaimUsers
}

/** Has volumes attached to the nodes of the pods that use them, and detached when none does. Source: Kubernetes attach-detach controller. */
export class AttachDetachController implements Controller {
  readonly name = 'attachdetach-controller'
  readonly watches = [
    { resource: 'pods', keysOf: (change: Change) => this.#volumesOfPod(change) },
    { resource: 'persistentvolumeclaims', keysOf: ({ object }: Change) => volumeNameOf(object) },
    { resource: 'persistentvolumes', keysOf: ({ kind, object }: Change) => (kind === 'Deleted' ? [object.metadata.name] : []) },
    { resource: attachments, keysOf: ({ object }: Change) => volumeOfAttachment(object) },
    { resource: 'nodes', keysOf: (change: Change) => this.#volumesOfNode(change) },
  ]
  readonly #client: TwinClient
  readonly #options: AttachDetachOptions
  readonly #byVolume: Index
  readonly #byNode: Index
  /** Since when a volume is not wanted where it is, by attachment name; epoch ms. */
  readonly #unwantedSinceMs = new Map<string, number>()
  /** What nodes used when they were deleted, by their names: whether they still do nobody can say. */
  readonly #usedWhenGone = new Map<string, readonly string[]>()
  /** Pods that have been told that another node has their volume. */
  readonly #told = new Set<string>()

  constructor(client: TwinClient, options: AttachDetachOptions) {
    this.#client = client
    this.#options = options
    this.#byVolume = client.store.index(attachments, volumeOfAttachment)
    this.#byNode = client.store.index(attachments, (object) => [as<VolumeAttachment>(object).spec.nodeName])
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const object = this.#client.store.get('persistentvolumes', undefined, name)
    const volume = object && as<PersistentVolume>(object)
    const how = volume && attachable(volume)
    if (volume === undefined) {
      for (const { metadata } of this.#byVolume.get(name)) await this.#detach(metadata.name)
      return undefined
    }
    if (how === undefined || !needsAttachment(how.driver, this.#client.store)) return undefined
    const pods = this.#podsOf(volume)
    const decision = this.#decide(volume, how, pods)
    for (const nodeName of decision.detach) await this.#detach(attachmentName(how, nodeName))
    for (const nodeName of decision.attach) await this.#attach(name, how, nodeName)
    for (const pod of pods.filter((one) => decision.refused.includes(nodeNameOf(one)))) await this.#refuse(name, pod, pods)
    const { againAtMs } = decision
    return againAtMs === undefined ? undefined : { afterMs: againAtMs - this.#options.clock.now() }
  }

  #decide(volume: PersistentVolume, how: AttachableVolume, pods: readonly KubeObject[]): AttachmentDecision {
    const nowMs = this.#options.clock.now()
    const wantedOn = [...new Set(pods.map(nodeNameOf))]
    const stored = this.#byVolume.get(volume.metadata?.name ?? '').map((one) => as<VolumeAttachment>(one))
    for (const { metadata, spec } of stored) {
      const name = metadata?.name ?? ''
      if (wantedOn.includes(spec.nodeName)) this.#unwantedSinceMs.delete(name)
      else if (!this.#unwantedSinceMs.has(name)) this.#unwantedSinceMs.set(name, nowMs)
    }
    return decideAttachments({
      wantedOn,
      attachments: stored.map(({ metadata, spec, status }) => ({
        nodeName: spec.nodeName,
        attached: status?.attached === true,
        ending: metadata?.deletionTimestamp !== undefined,
      })),
      multiAttach: allowsMultiAttach(volume),
      nodeOf: (name) => this.#nodeOf(name, how),
      unwantedSinceMs: (nodeName) => this.#unwantedSinceMs.get(attachmentName(how, nodeName)) ?? nowMs,
      forcesReadyNodes: this.#options.minor < 26,
      nowMs,
    })
  }

  /** Pods on nodes that use the volume's claim. */
  #podsOf({ metadata, spec }: PersistentVolume): readonly KubeObject[] {
    const { namespace = '', name = '' } = spec?.claimRef ?? {}
    const claim = this.#client.store.get('persistentvolumeclaims', namespace, name)
    if (claim === undefined || as<PersistentVolumeClaim>(claim).spec?.volumeName !== metadata?.name) return []
    return this.#options.users.of(`${namespace}/${name}`).filter((pod) => nodeNameOf(pod) !== '')
  }

  #nodeOf(name: string, how: AttachableVolume): AttachedNode {
    const object = this.#client.store.get('nodes', undefined, name)
    const used = nodeVolumeName(how)
    if (object === undefined) return { ready: false, outOfService: false, inUse: this.#usedWhenGone.get(name)?.includes(used) === true }
    const node = as<Node>(object)
    return {
      ready: isReadyNode(node),
      outOfService: isOutOfService(node, this.#options.minor),
      inUse: node.status?.volumesInUse?.includes(used) === true,
    }
  }

  async #attach(persistentVolumeName: string, how: AttachableVolume, nodeName: string): Promise<void> {
    const name = attachmentName(how, nodeName)
    await this.#client.create(attachments, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name },
      spec: { attacher: how.driver, nodeName, source: { persistentVolumeName } },
      status: { attached: false },
    })
  }

  async #detach(name: string): Promise<void> {
    this.#unwantedSinceMs.delete(name)
    await this.#client.delete(attachments, { name })
  }

  async #refuse(volume: string, pod: KubeObject, pods: readonly KubeObject[]): Promise<void> {
    if (this.#told.has(pod.metadata.uid)) return
    this.#told.add(pod.metadata.uid)
    const others = pods.filter((one) => nodeNameOf(one) !== nodeNameOf(pod)).map(({ metadata }) => metadata.name)
    const why =
      others.length > 0
        ? `Volume is already used by pod(s) ${others.join(', ')}`
        : "Volume is already exclusively attached to one node and can't be attached to another"
    const message = `Multi-Attach error for volume ${JSON.stringify(volume)} ${why}`
    await this.#client.event({ about: pod, type: 'Warning', reason: 'FailedAttachVolume', message, component })
  }

  #volumesOfPod({ kind, object, previous }: Change): readonly string[] {
    if (kind === 'Deleted') this.#told.delete(object.metadata.uid)
    if (kind === 'Modified' && previous !== undefined && usesAlike(as<Pod>(object), as<Pod>(previous))) return []
    return claimsOf(object).flatMap((claim) => {
      const [namespace = '', name = ''] = claim.split('/')
      const found = this.#client.store.get('persistentvolumeclaims', namespace, name)
      return found === undefined ? [] : volumeNameOf(found)
    })
  }

  #volumesOfNode({ kind, object, previous }: Change): readonly string[] {
    const { name } = object.metadata
    if (kind === 'Deleted') this.#usedWhenGone.set(name, as<Node>(object).status?.volumesInUse ?? [])
    else this.#usedWhenGone.delete(name)
    if (kind === 'Modified' && previous !== undefined && letsGoAlike(as<Node>(object), as<Node>(previous))) return []
    return this.#byNode.get(name).flatMap(volumeOfAttachment)
  }
}

function nodeNameOf(pod: KubeObject): string {
  return as<Pod>(pod).spec?.nodeName ?? ''
}

function volumeNameOf(claim: KubeObject): readonly string[] {
  const { volumeName = '' } = as<PersistentVolumeClaim>(claim).spec ?? {}
  return volumeName === '' ? [] : [volumeName]
}

function volumeOfAttachment(object: KubeObject): readonly string[] {
  const { persistentVolumeName } = as<VolumeAttachment>(object).spec?.source ?? {}
  return persistentVolumeName === undefined ? [] : [persistentVolumeName]
}

function usesAlike(a: Pod, b: Pod): boolean {
  return a.spec?.nodeName === b.spec?.nodeName && a.status?.phase === b.status?.phase
}

function letsGoAlike(a: Node, b: Node): boolean {
  return a.spec?.taints === b.spec?.taints && a.status?.volumesInUse === b.status?.volumesInUse && isReadyNode(a) === isReadyNode(b)
}

function isReadyNode(node: Node): boolean {
  return readyCondition(node)?.status === 'True'
}
