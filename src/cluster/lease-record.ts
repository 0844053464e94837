import type { ObjectMeta } from '../core/kubernetes/object-meta.ts'

/** `spec` of a Lease; fields that this program does not know are kept. */
export interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  /** RFC 3339 with microseconds, as `renewTime`. */
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

/** A Lease of coordination.k8s.io/v1. */
export interface Lease {
  readonly apiVersion: 'coordination.k8s.io/v1'
  readonly kind: 'Lease'
  readonly metadata: ObjectMeta
  readonly spec: LeaseSpec
}

/** Who wants a lease, for how long, and when (epoch ms). */
export interface LeaseClaim {
  readonly identity: string
  readonly leaseDurationMs: number
  readonly nowMs: number
}

/**
 * The spec by which `claim` takes over or renews a lease.
 * A new holder begins a new term (`acquireTime`, one more transition), the same holder goes on with its own.
 * Source: leader election of client-go.
 */
export function claimedSpec(before: LeaseSpec | undefined, claim: LeaseClaim): LeaseSpec & { readonly renewTime: string } {
  const now = microTime(claim.nowMs)
  const sameTerm = before?.holderIdentity === claim.identity
  return {
    ...before,
    holderIdentity: claim.identity,
    leaseDurationSeconds: Math.max(1, Math.ceil(claim.leaseDurationMs / 1000)),
    acquireTime: sameTerm ? (before.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: before === undefined ? 0 : (before.leaseTransitions ?? 0) + (sameTerm ? 0 : 1),
  }
}

/** The spec by which a holder lets go: nobody has to wait for the end of its term. Source: leader election of client-go. */
export function releasedSpec(before: LeaseSpec, nowMs: number): LeaseSpec {
  const now = microTime(nowMs)
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now }
}

/** Epoch ms as a MicroTime: RFC 3339 with exactly six digits of a second. */
export function microTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z')
}
