import type { Pod } from 'kubernetes-types/core/v1'
import type { KubeletApi } from './kubelet-api.ts'
import type { PodEvent } from './pod/kubelet-words.ts'

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

/** The first of them that is not there, as the kubelet tells of it. Source: Kubernetes kubelet, volume manager (FailedMount). */
export async function missingSource(pod: Pod, api: KubeletApi): Promise<PodEvent | undefined> {
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
