import type { Pod } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'

/** The claims of a pod, as `namespace/name`: those that it names, and those that are made for it. */
export function claimsOf(object: KubeObject | Pod): readonly string[] {
  const { metadata, spec } = object as Pod
  const { namespace = '', name } = metadata ?? {}
  return (spec?.volumes ?? []).flatMap(({ name: volume, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [`${namespace}/${persistentVolumeClaim.claimName}`]
    return ephemeral === undefined ? [] : [`${namespace}/${name}-${volume}`]
  })
}

/** Pods by the claims that they use. */
export class ClaimUsers {
  readonly #byClaim: Index

  constructor(store: ObjectStore) {
    this.#byClaim = store.index('pods', claimsOf)
  }

  /** Pods of a claim (`namespace/name`) that have not ended. */
  of(claim: string): readonly KubeObject[] {
    return this.#byClaim.get(claim).filter((pod) => {
      const { phase } = as<Pod>(pod).status ?? {}
      return phase !== 'Succeeded' && phase !== 'Failed'
    })
  }
}
