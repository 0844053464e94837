/**
 * The one lock of a cluster for ClusterUpgrades, kept in a Lease: which controller looks after them, and for which run it took the lock. It has no term
 * that would have to be renewed: it holds for as long as that run is at stake, whoever lives or dies meanwhile. A run is never carried on by the controller
 * of another namespace, because that does not see the Jobs that are at work.
 */
export interface RunLock {
  /** `namespace/name` of the controller; empty: nobody. */
  readonly holder: string
  /** UID of the ClusterUpgrade. */
  readonly run: string
}

export type RunLockVerdict =
  /** Runs are this controller's to look after. */
  | { readonly kind: 'Held' }
  /** The lock is free: to be taken for this run. */
  | { readonly kind: 'Take'; readonly run: string }
  | { readonly kind: 'Theirs'; readonly holder: string }

export interface RunLockInput {
  /** Absent: there is no Lease. */
  readonly lock: RunLock | undefined
  /** `namespace/name` of this controller. */
  readonly self: string
  /** UIDs of runs that have not ended, or have left something on nodes. */
  readonly atStake: ReadonlySet<string>
}

/** Judges who looks after ClusterUpgrades; undefined while there is nothing to look after. A lock whose run is over is free. */
export function judgeRunLock({ lock, self, atStake }: RunLockInput): RunLockVerdict | undefined {
  const [next] = [...atStake].sort()
  if (next === undefined) return undefined
  if (lock === undefined || lock.holder === '' || !atStake.has(lock.run)) return { kind: 'Take', run: next }
  return lock.holder === self ? { kind: 'Held' } : { kind: 'Theirs', holder: lock.holder }
}
