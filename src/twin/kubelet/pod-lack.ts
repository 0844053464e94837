import type { Pod } from 'kubernetes-types/core/v1'
import type { AttachedVolume, KubeletApi } from './kubelet-api.ts'
import type { PodEvent } from './pod/kubelet-words.ts'

/** What keeps a pod from beginning: something it mounts does not exist, or is not attached to the node yet. */
export type PodLack = { readonly kind: 'MissingSource'; readonly event: PodEvent } | { readonly kind: 'NotAttached' }

interface Source {
  readonly resource: 'secrets' | 'configmaps'
  readonly name: string
  readonly volume: string
}

/** Volumes of Secrets and ConfigMaps that must be there before a pod can begin. */
function requiredSources(pod: Pod): readonly Source[] {
  return (pod.spec?.volumes ?? []).flatMap(({ name: volume, secret, configMap }): readonly Source[] => {
    if (secret?.secretName !== undefined && secret.optional !== true) return [{ resource: 'secrets', name: secret.secretName, volume }]
    if (configMap?.name !== undefined && configMap.optional !== true) return [{ resource: 'configmaps', name: configMap.name, volume }]
    return []
  })
}

const firstRetryMs = 500
const lastRetryMs = 122_000

/** How long a kubelet waits before it looks again, after so many looks, in ms: twice as long each time. Source: Kubernetes kubelet, volume manager. */
export function lackRetryMs(looks: number): number {
  return Math.min(firstRetryMs * 2 ** looks, lastRetryMs)
}

/** The first thing that a pod lacks. Source: Kubernetes kubelet, volume manager (FailedMount, VerifyControllerAttachedVolume). */
export async function lackOf(pod: Pod, api: KubeletApi, volumes: readonly AttachedVolume[]): Promise<PodLack | undefined> {
  const event = await missingSource(pod, api)
  if (event !== undefined) return { kind: 'MissingSource', event }
  return volumes.every(({ attached }) => attached) ? undefined : { kind: 'NotAttached' }
}

async function missingSource(pod: Pod, api: KubeletApi): Promise<PodEvent | undefined> {
  const namespace = pod.metadata?.namespace ?? 'default'
  for (const { resource, name, volume } of requiredSources(pod)) {
    if (await api.has(resource, namespace, name)) continue
    const kind = resource === 'secrets' ? 'secret' : 'configmap'
    return {
      type: 'Warning',
      reason: 'FailedMount',
      message: `MountVolume.SetUp failed for volume "${volume}" : ${kind} "${name}" not found`,
    }
  }
  return undefined
}
