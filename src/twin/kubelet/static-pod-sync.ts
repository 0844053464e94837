import type { Pod } from 'kubernetes-types/core/v1'
import type { Machine } from '../machine/machine.ts'
import { isMirror } from './admit-pod.ts'
import type { KubeletApi } from './kubelet-api.ts'
import { manifestHash, mirrorPods } from './static-pods.ts'

export interface StaticPodNode {
  readonly machine: Machine
  /** Of the Node object, once it is known. */
  readonly uid: string | undefined
  /** Pods of the node that the API has. */
  readonly pods: readonly Pod[]
}

/** Makes the mirror pods that the files of a machine ask for, and removes those whose file has gone or changed: they come anew. */
export async function syncStaticPods({ machine, uid, pods }: StaticPodNode, api: KubeletApi): Promise<void> {
  const wanted = mirrorPods(machine, { name: machine.name, uid })
  for (const pod of pods.filter(isMirror)) {
    if (pod.metadata?.deletionTimestamp !== undefined || wanted.some((one) => isSame(one, pod))) continue
    const { namespace = 'default', name = '', uid: podUid = '' } = pod.metadata ?? {}
    await api.removePod({ namespace, name, uid: podUid })
  }
  for (const pod of wanted) if (!pods.some((there) => hasName(there, pod))) await api.createPod(pod)
}

function isSame(wanted: Pod, pod: Pod): boolean {
  return wanted.metadata?.name === pod.metadata?.name && manifestHash(wanted) === manifestHash(pod)
}

function hasName(a: Pod, b: Pod): boolean {
  return a.metadata?.name === b.metadata?.name && a.metadata?.namespace === b.metadata?.namespace
}
