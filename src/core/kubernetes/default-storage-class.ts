import type { ObjectMeta } from 'kubernetes-types/meta/v1.js'

const marks = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

/** A StorageClass as far as it may be the default. */
interface MarkedClass {
  readonly metadata?: Pick<ObjectMeta, 'name' | 'annotations' | 'creationTimestamp'>
}

/** Whether a StorageClass is marked as the default. Source: Kubernetes, Storage Classes, "Default StorageClass". */
export function isDefaultStorageClass({ metadata }: MarkedClass): boolean {
  return marks.some((mark) => metadata?.annotations?.[mark] === 'true')
}

/** The default classes, the one that counts first: the newest, of several of the same second the first by name. Source: KEP-3333. */
export function defaultStorageClasses<T extends MarkedClass>(classes: readonly T[]): readonly T[] {
  return classes.filter(isDefaultStorageClass).sort(({ metadata: a }, { metadata: b }) => {
    const age = createdMs(b) - createdMs(a)
    return age === 0 ? ((a?.name ?? '') < (b?.name ?? '') ? -1 : 1) : age
  })
}

function createdMs(metadata: MarkedClass['metadata']): number {
  return Date.parse(metadata?.creationTimestamp ?? '') || 0
}
