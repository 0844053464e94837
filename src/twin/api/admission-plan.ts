import type { AdmissionStep, AdmittedWrite } from './admission.ts'
import { storedAs } from './resource-type.ts'

/** Which steps of a chain look at a write, in their order: found out once for each kind of write. */
export class AdmissionPlan {
  readonly #steps: readonly AdmissionStep[]
  readonly #byWrite = new WeakMap<AdmittedWrite['type'], Map<string, readonly AdmissionStep[]>>()

  constructor(steps: readonly AdmissionStep[]) {
    this.#steps = steps
  }

  stepsFor(write: AdmittedWrite): readonly AdmissionStep[] {
    const { operation, type, subresource } = write
    let byWrite = this.#byWrite.get(type)
    if (byWrite === undefined) {
      byWrite = new Map()
      this.#byWrite.set(type, byWrite)
    }
    const key = subresource === undefined ? operation : `${operation} ${subresource}`
    let steps = byWrite.get(key)
    if (steps === undefined) {
      steps = this.#steps.filter((step) => step.concerns?.(write) ?? true)
      byWrite.set(key, steps)
    }
    return steps
  }
}

/** Writes of whole objects of one resource, as the store names it. */
export function concernsResource(resource: string, operations: readonly AdmittedWrite['operation'][]): (write: AdmittedWrite) => boolean {
  return ({ type, operation, subresource }) => subresource === undefined && operations.includes(operation) && storedAs(type) === resource
}
