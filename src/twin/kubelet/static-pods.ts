import { createHash } from 'node:crypto'
import type { Pod } from 'kubernetes-types/core/v1'
import { parse } from 'yaml'
import type { Machine } from '../machine/machine.ts'

const folder = '/etc/kubernetes/manifests/'

/**
 * The mirror pods of the manifests on a machine; a file that is no pod is left out, as the kubelet only logs it.
 * Source: Kubernetes, Create static Pods.
 */
export function mirrorPods(machine: Machine, node: { readonly name: string; readonly uid: string | undefined }): readonly Pod[] {
  const files = [...machine.files].filter(([path]) => path.startsWith(folder) && /\.(ya?ml|json)$/.test(path))
  return files.flatMap(([, { content }]) => (content === undefined ? [] : (mirrorPod(content, node) ?? [])))
}

/** Which manifest a mirror pod shows. */
export function manifestHash(pod: Pod): string | undefined {
  return pod.metadata?.annotations?.['kubernetes.io/config.hash']
}

function mirrorPod(content: string, { name: node, uid }: { name: string; uid: string | undefined }): Pod | undefined {
  const pod = readManifest(content)
  if (pod?.metadata?.name === undefined || pod.spec === undefined) return undefined
  const hash = createHash('sha256').update(`${node}\n${content}`).digest('hex').slice(0, 32)
  const ownerReferences = uid === undefined ? [] : [{ apiVersion: 'v1', kind: 'Node', name: node, uid, controller: true }]
  const tolerations = [...(pod.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...pod.metadata,
      name: `${pod.metadata.name}-${node}`,
      namespace: pod.metadata.namespace ?? 'default',
      annotations: {
        ...pod.metadata.annotations,
        'kubernetes.io/config.hash': hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.source': 'file',
      },
      ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
    },
    spec: { ...pod.spec, nodeName: node, tolerations },
  }
}

function readManifest(content: string): Pod | undefined {
  try {
    const object = jsonOf(content) ?? (parse(content, { maxAliasCount: 10 }) as unknown)
    return (object as Pod | null)?.kind === 'Pod' ? (object as Pod) : undefined
  } catch {
    return undefined
  }
}

/** JSON is YAML, and is read much faster. */
function jsonOf(content: string): unknown {
  if (!content.startsWith('{')) return undefined
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
