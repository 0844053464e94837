import type { StorageClass } from 'kubernetes-types/storage/v1'
import { epochMs } from '../epoch-ms.ts'

const annotations = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

/** The class of claims that name none: the newest of those that are marked as default. Source: Kubernetes, admission plugin DefaultStorageClass. */
export function defaultClass(classes: readonly StorageClass[]): string | undefined {
  const marked = classes.filter(({ metadata }) => annotations.some((annotation) => metadata?.annotations?.[annotation] === 'true'))
  const [newest] = [...marked].sort(({ metadata: a }, { metadata: b }) => {
    const age = (epochMs(b?.creationTimestamp) ?? 0) - (epochMs(a?.creationTimestamp) ?? 0)
    return age === 0 ? ((a?.name ?? '') < (b?.name ?? '') ? -1 : 1) : age
  })
  return newest?.metadata?.name
}
