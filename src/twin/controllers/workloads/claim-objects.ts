import type { LabelSelector } from '../../../core/kubernetes/label-selector.ts'
import { compiledSelector } from '../../compiled-selector.ts'
import type { KubeObject } from '../../kube-object.ts'

/** Who claims, and what there is to claim. */
export interface ClaimInput {
  readonly owner: KubeObject
  readonly selector: LabelSelector | undefined
  /** Objects whose controller the owner is. */
  readonly controlled: readonly KubeObject[]
  /** Objects of its namespace that have no controller. */
  readonly orphans: readonly KubeObject[]
  readonly filter?: ClaimFilter
}

export interface ClaimFilter {
  /** Others are left as they are: neither kept nor adopted nor released. */
  readonly considers?: (object: KubeObject) => boolean
  /** What beside the selector an object must satisfy to belong to the owner. */
  readonly accepts?: (object: KubeObject) => boolean
}

export interface Claims {
  /** Already its own, and to stay so. */
  readonly kept: readonly KubeObject[]
  /** To be made its own. */
  readonly adopt: readonly KubeObject[]
  /** No longer selected: to be let go. */
  readonly release: readonly KubeObject[]
}

/**
 * Which objects belong to an owner by its selector. An owner that is being deleted adopts and releases nothing; an object that is being
 * deleted is not adopted. Source: Kubernetes, ControllerRefManager.
 */
export function decideClaims({ owner, selector, controlled, orphans, filter = {} }: ClaimInput): Claims {
  const { considers = () => true, accepts = () => true } = filter
  const own = controlled.filter(considers)
  const selects = selector === undefined ? () => false : compiledSelector(selector).matches
  const matches = (object: KubeObject) => selects(object.metadata.labels ?? {}) && accepts(object)
  const deleting = owner.metadata.deletionTimestamp !== undefined
  return {
    kept: own.filter(matches),
    adopt: deleting
      ? []
      : orphans.filter((object) => object.metadata.deletionTimestamp === undefined && considers(object) && matches(object)),
    release: deleting ? [] : own.filter((object) => !matches(object)),
  }
}
