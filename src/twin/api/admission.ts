import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { ResourceType } from './resource-type.ts'
import type { UserInfo } from './user-info.ts'

/** A write as admission sees it. Objects are in the version in which the request speaks. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly type: ResourceType
  readonly version: string
  readonly subresource?: string | undefined
  /** Absent for what is cluster-scoped. */
  readonly namespace?: string | undefined
  /** Empty for an object that will get its name from `generateName`. */
  readonly name: string
  /** What shall be stored; absent for DELETE. Of a subresource with a kind of its own (an Eviction, a Scale): that. */
  readonly object?: DraftObject | undefined
  readonly oldObject?: KubeObject | undefined
  /** CreateOptions, UpdateOptions, DeleteOptions as they were sent. */
  readonly options: Readonly<Record<string, unknown>>
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Tells the client something that does not stop it. */
  readonly warn?: ((text: string) => void) | undefined
}

/** One admission plugin or all webhooks of a kind. Both methods refuse by throwing a `StatusError`. */
export interface AdmissionStep {
  readonly name: string
  /** Whether it looks at writes of this kind; at all unless told. Asked once for each kind of write, so it must not depend on anything else. */
  concerns?(write: AdmittedWrite): boolean
  /** What the object becomes; its argument when nothing is changed. All steps mutate before one validates. */
  mutate?(request: AdmissionRequest): Promise<DraftObject | undefined> | DraftObject | undefined
  validate?(request: AdmissionRequest): Promise<void> | void
}

/** What writes of one kind have in common. */
export type AdmittedWrite = Pick<AdmissionRequest, 'operation' | 'type' | 'subresource'>

/** The object after all that mutates; a promise only when a step has made one: most writes go through at once. */
export function mutated(
  steps: readonly AdmissionStep[],
  request: AdmissionRequest,
): Promise<DraftObject | undefined> | DraftObject | undefined {
  let current = request
  let done = 0
  for (const step of steps) {
    done += 1
    if (step.mutate === undefined) continue
    const object = step.mutate(current)
    if (object instanceof Promise) return mutatedLater(object, steps.slice(done), current)
    current = withObject(current, object)
  }
  return current.object
}

async function mutatedLater(first: Promise<DraftObject | undefined>, steps: readonly AdmissionStep[], request: AdmissionRequest) {
  return await mutated(steps, withObject(request, await first))
}

function withObject(request: AdmissionRequest, object: DraftObject | undefined): AdmissionRequest {
  return object === undefined || object === request.object ? request : { ...request, object }
}

/** Ends without a word, or with the refusal of the first step that refuses; a promise only when a step has made one. */
export function validated(steps: readonly AdmissionStep[], request: AdmissionRequest): Promise<void> | undefined {
  let done = 0
  for (const step of steps) {
    done += 1
    const verdict = step.validate?.(request)
    if (verdict instanceof Promise) return validatedLater(verdict, steps.slice(done), request)
  }
  return undefined
}

async function validatedLater(first: Promise<void>, steps: readonly AdmissionStep[], request: AdmissionRequest): Promise<void> {
  await first
  await validated(steps, request)
}
