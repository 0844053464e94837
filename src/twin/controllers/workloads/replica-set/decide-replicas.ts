import type { PodObject } from '../workload-objects.ts'
import { type DeletionOrderContext, inDeletionOrder } from './pod-deletion-order.ts'

/** What a ReplicaSet does now to have as many pods as it should. */
export type ReplicaDecision =
  | { readonly kind: 'Keep' }
  | { readonly kind: 'Create'; readonly count: number }
  | { readonly kind: 'Delete'; readonly pods: readonly PodObject[] }

/** No more than this are created or deleted at once. */
const burst = 500

/** `active` are its pods that are neither finished nor terminating: a pod that is being deleted is replaced at once. */
export function decideReplicas(active: readonly PodObject[], replicas: number, context: DeletionOrderContext): ReplicaDecision {
  const surplus = active.length - replicas
  if (surplus === 0) return { kind: 'Keep' }
  if (surplus < 0) return { kind: 'Create', count: Math.min(-surplus, burst) }
  const order = surplus < active.length ? inDeletionOrder(active, context) : active
  return { kind: 'Delete', pods: order.slice(0, Math.min(surplus, burst)) }
}
