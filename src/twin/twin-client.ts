import type { DraftObject, KubeObject } from './kube-object.ts'
import type { ObjectStore } from './store/object-store.ts'

/** Where an object is; no namespace for what is cluster-scoped. */
export interface ObjectKey {
  readonly namespace?: string | undefined
  readonly name: string
}

export interface DeleteRequest {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  /** Preconditions: refused with 409 when the object is another. */
  readonly uid?: string
  readonly resourceVersion?: string
}

/**
 * How controllers, scheduler and kubelets of the twin use its API server: the same way as every client (admission, defaults, validation,
 * optimistic locking), without the wire and without asking for rights. Resources are named as the store names them: `pods`, `deployments.apps`.
 * Reads come straight from the store. Writes throw `StatusError`.
 */
export interface TwinClient {
  readonly store: ObjectStore
  create(resource: string, draft: DraftObject): Promise<KubeObject>
  /** Refused with 409 when `metadata.resourceVersion` is set and old. */
  update(resource: string, object: DraftObject, subresource?: 'status' | 'finalize'): Promise<KubeObject>
  /** Makes the next object out of the one that is stored, again when somebody was faster. Nothing is written when it returns its argument. */
  change(resource: string, key: ObjectKey, next: (current: KubeObject) => DraftObject, subresource?: 'status'): Promise<KubeObject>
  /** Resolves with the object as it was left, also when it is gone already: then with `undefined`. */
  delete(resource: string, key: ObjectKey, request?: DeleteRequest): Promise<KubeObject | undefined>
  /** The scheduler's verdict: sets `spec.nodeName` and the condition PodScheduled. */
  bind(pod: ObjectKey & { readonly uid?: string }, nodeName: string): Promise<void>
  /** Writes or counts up an event, as the component's recorder would. */
  event(event: TwinEvent): Promise<void>
}

export interface TwinEvent {
  readonly about: KubeObject
  readonly type: 'Normal' | 'Warning'
  /** CamelCase: `FailedScheduling`. */
  readonly reason: string
  readonly message: string
  /** `kubelet`, `default-scheduler`, `deployment-controller` … */
  readonly component: string
  /** Of the component, where it has one: the node's name. */
  readonly host?: string
  /** What was done or tried: `Binding`. Who says so writes events of the newer kind where the server has it. */
  readonly action?: string
  /** What else it has to do with. */
  readonly related?: KubeObject
}
