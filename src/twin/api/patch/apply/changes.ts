import type { DraftObject } from '../../../kube-object.ts'
import { type Comparison, compareFields } from '../fields/compare-fields.ts'
import type { MergeSchema } from '../merge-schema.ts'

/** An object in one version of its API, and how it is merged there. */
export interface ObjectInVersion {
  readonly object: DraftObject
  readonly schema: MergeSchema
}

/** How an object of a request looks in another version; undefined where the server does not have that one. */
export type InVersion = (object: DraftObject, apiVersion: string) => ObjectInVersion | undefined

/** The version in which a write speaks, and how the others are reached; without `inVersion` all look the same. */
export interface SpokenVersion {
  readonly apiVersion: string
  readonly schema: MergeSchema
  readonly inVersion?: InVersion | undefined
}

/** What a write changes. Fields are owned in the version in which they were written, so it is asked about in each. */
export interface Changes {
  /** In the version of the write. */
  readonly own: Comparison
  /** Undefined in a version that the server does not have. */
  in(apiVersion: string): Comparison | undefined
}

/** Compares two states in the version of the write, and in others when they are asked for. Throws `UnmergeableList`. */
export function changesOf(before: DraftObject, after: DraftObject, spoken: SpokenVersion): Changes {
  const own = compareFields(before, after, spoken.schema)
  const known = new Map<string, Comparison | undefined>()
  return {
    own,
    in(apiVersion) {
      if (isSpoken(apiVersion, spoken)) return own
      if (!known.has(apiVersion)) known.set(apiVersion, comparedIn(apiVersion, [before, after], spoken))
      return known.get(apiVersion)
    },
  }
}

/** An object of the write in the version of an owner. */
export function viewIn(apiVersion: string, object: DraftObject, spoken: SpokenVersion): ObjectInVersion | undefined {
  return isSpoken(apiVersion, spoken) ? { object, schema: spoken.schema } : spoken.inVersion?.(object, apiVersion)
}

function isSpoken(apiVersion: string, { apiVersion: spoken, inVersion }: SpokenVersion): boolean {
  return inVersion === undefined || apiVersion === spoken
}

function comparedIn(apiVersion: string, states: readonly [DraftObject, DraftObject], spoken: SpokenVersion): Comparison | undefined {
  const [before, after] = states.map((state) => viewIn(apiVersion, state, spoken))
  return before && after && compareFields(before.object, after.object, after.schema)
}
