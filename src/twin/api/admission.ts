import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { ResourceType } from './resource-type.ts'
import type { UserInfo } from './user-info.ts'

/** A write as admission sees it. Objects are in the version in which the request speaks. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly type: ResourceType
  readonly version: string
  readonly subresource?: string
  /** Absent for what is cluster-scoped. */
  readonly namespace?: string
  /** Empty for an object that will get its name from `generateName`. */
  readonly name: string
  /** What shall be stored; absent for DELETE. Of a subresource with a kind of its own (an Eviction, a Scale): that. */
  readonly object?: DraftObject
  readonly oldObject?: KubeObject
  /** CreateOptions, UpdateOptions, DeleteOptions as they were sent. */
  readonly options: Readonly<Record<string, unknown>>
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Tells the client something that does not stop it. */
  readonly warn?: (text: string) => void
}

/** One admission plugin or all webhooks of a kind. Both methods refuse by throwing a `StatusError`. */
export interface AdmissionStep {
  readonly name: string
  /** What the object becomes; its argument when nothing is changed. All steps mutate before one validates. */
  mutate?(request: AdmissionRequest): Promise<DraftObject | undefined> | DraftObject | undefined
  validate?(request: AdmissionRequest): Promise<void> | void
}

/** The object after all that mutates. */
export async function mutated(steps: readonly AdmissionStep[], request: AdmissionRequest): Promise<DraftObject | undefined> {
  let object = request.object
  for (const step of steps) {
    if (step.mutate === undefined) continue
    object = await step.mutate(object === undefined ? request : { ...request, object })
  }
  return object
}

/** Ends without a word, or with the refusal of the first step that refuses. */
export async function validated(steps: readonly AdmissionStep[], request: AdmissionRequest): Promise<void> {
  for (const step of steps) await step.validate?.(request)
}
