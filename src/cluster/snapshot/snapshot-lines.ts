import * as z from 'zod'

export const snapshotFormat = 'falkirk.dev/snapshot/v1'

const text = z.string()

/** The first line. */
export const SnapshotHeader = z.object({
  snapshot: text,
  /** RFC 3339. */
  takenAt: z.iso.datetime(),
  /** `gitVersion` of the API server. */
  server: text,
  /** Program and version that wrote it. */
  by: text,
})
export type SnapshotHeader = z.infer<typeof SnapshotHeader>

/** A list that has been read. */
export const SnapshotList = z.object({
  apiVersion: text,
  kind: text,
  /** Plural, with its group: `deployments.apps`. */
  resource: text,
  resourceVersion: text,
  at: z.iso.datetime(),
  count: z.int().min(0),
})
export type SnapshotList = z.infer<typeof SnapshotList>

/** A list that was refused: what it holds is unknown. */
export const SnapshotRefusal = z.object({ apiVersion: text, resource: text, status: z.int(), reason: text, message: text })
export type SnapshotRefusal = z.infer<typeof SnapshotRefusal>

export const SnapshotFact = z.object({ name: text, value: z.unknown() })
export type SnapshotFact = z.infer<typeof SnapshotFact>

const SnapshotObject = z.looseObject({
  apiVersion: text.min(1),
  kind: text.min(1),
  metadata: z.looseObject({ name: text.min(1), namespace: text.optional(), uid: text.optional() }),
})
export type SnapshotObject = z.infer<typeof SnapshotObject>

/** Every line but the first. */
export const SnapshotLine = z.union([
  z.strictObject({ object: SnapshotObject }),
  z.strictObject({ list: SnapshotList }),
  z.strictObject({ refused: SnapshotRefusal }),
  z.strictObject({ fact: SnapshotFact }),
  z.strictObject({ end: z.object({ lines: z.int().min(1), sha256: text }) }),
])
export type SnapshotLine = z.infer<typeof SnapshotLine>
