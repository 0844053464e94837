import type { KubeObject } from '../kube-object.ts'
import type { ResourceType } from './resource-type.ts'
import { alreadyExists, groupResource, StatusError } from './status-error.ts'

/** The minor version since which a made-up name that is taken is a conflict; before, the server asked to try again (kubernetes/kubernetes#104699). */
const toldAsConflictSince = 23

/**
 * What the creation of an object is told whose name another one has. Who sent a `generateName` hears that the server found no free name, also where it sent the name
 * itself, as a StatefulSet does.
 */
export function nameTaken(
  type: ResourceType,
  { metadata: { name, generateName } }: KubeObject,
  existing: KubeObject,
  minor: number,
): StatusError {
  const { group, plural } = type
  if (generateName !== undefined && minor < toldAsConflictSince) return askedToTryAgain(type)
  const taken = alreadyExists({ group, plural, name })
  const error = generateName === undefined ? taken : noFreeName(taken)
  if (existing.metadata.deletionTimestamp === undefined) return error
  return error.with({ message: `object is being deleted: ${error.message}` })
}

/** `name` is the verb, as the original has it. */
function askedToTryAgain({ group, kind }: ResourceType): StatusError {
  const message = `The POST operation against ${groupResource(group, kind)} could not be completed at this time, please try again.`
  return new StatusError(500, 'ServerTimeout', message, { name: 'POST', ...(group === '' ? {} : { group }), kind })
}

function noFreeName(taken: StatusError): StatusError {
  const message = `${taken.message}, the server was not able to generate a unique name for the object`
  return taken.with({ message, details: { ...taken.status.details, retryAfterSeconds: 1 } })
}
