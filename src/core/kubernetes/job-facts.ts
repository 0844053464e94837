import type { StringMap } from './object-meta.ts'

/** A terminal condition of a Job. */
export interface JobEnd {
  readonly kind: 'Complete' | 'Failed'
  /** Epoch milliseconds of `lastTransitionTime`. */
  readonly atMs: number
  readonly reason: string
  readonly message: string
}

/** What the core needs of a Job that a Plan has made. */
export interface JobFacts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: StringMap
  /** Only keys that contain `falkirk.dev/` or `upgrade.cattle.io/`. */
  readonly annotations: StringMap
  readonly ownerUid: string
  readonly createdAtMs: number
  readonly parallelism: number
  readonly suspend: boolean
  readonly activeDeadlineSeconds?: number
  readonly ttlSecondsAfterFinished?: number
  readonly active: number
  readonly succeeded: number
  readonly failed: number
  readonly end?: JobEnd
  readonly deleting: boolean
  /** Has an init container `cordon` or `drain`: the Job itself makes its node unschedulable. */
  readonly cordons: boolean
  /** Fingerprint of the pod template as applied (see `template-digest.ts`); absent when nothing tells it. */
  readonly templateDigest?: string
}
