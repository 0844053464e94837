import { z } from 'zod'

/** Name of an object in the same namespace; the API server fills in an empty one, as for the built-in types. */
export const ReferencedName = z.string().default('').describe('Name of the object.')

/** A reference to an object in the same namespace by its name. Source: Kubernetes API reference, LocalObjectReference. */
export const LocalObjectReference = z
  .object({ name: ReferencedName })
  .meta({ 'x-kubernetes-map-type': 'atomic' })
  .describe('Names an object in the same namespace.')
export type LocalObjectReference = z.infer<typeof LocalObjectReference>
