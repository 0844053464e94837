import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { StatusCause } from './status-error.ts'

/** What a strategy may know beside the object. */
export interface StrategyContext {
  /** Minor of Kubernetes 1 that the server is. */
  readonly minor: number
  readonly nowMs: number
  /** The subresource that is written, absent for the object itself. */
  readonly subresource?: string | undefined
  /** In which the request speaks; the newest that is served unless told. */
  readonly version?: string | undefined
}

/** What one kind asks of its writes, beyond what all kinds have in common. Pure: every method returns a new object or its argument. */
export interface ResourceStrategy {
  /** Fills in what the client left out; also run on what a patch has made. */
  defaults?(draft: DraftObject, context: StrategyContext): DraftObject
  /** Takes away or sets what a client has no say in (`status` at creation; a StatefulSet's `spec.serviceName` stays). */
  prepare?(next: KubeObject, old: KubeObject | undefined, context: StrategyContext): KubeObject
  /** Why the object is refused, in the words and with the fields of the real server; empty when it is not. */
  validate?(next: KubeObject, old: KubeObject | undefined, context: StrategyContext): readonly StatusCause[]
  /** Whether `metadata.generation` counts the changes of everything but metadata and status. */
  readonly countsGeneration?: boolean
  /**
   * How long the object stays with a deletionTimestamp before somebody (a kubelet) deletes it with grace 0; 0: it goes at once.
   * `asked` is what the client asked for, on a server of which minor.
   */
  graceSeconds?(object: KubeObject, asked: number | undefined, minor: number): number
}
