import type { CheckedObject, FieldCheck, FieldValidation, SentObject } from '../../api/http/server-parts.ts'
import type { ServedResource } from '../../api/resource-catalog.ts'
import { badRequest, type StatusError } from '../../api/status-error.ts'
import type { DraftObject } from '../../kube-object.ts'
import type { JsonSchema } from '../custom/json-schema.ts'
import { pruneObject } from '../custom/prune.ts'
import { kindType } from '../fields/kind-types.ts'
import { StructTypes } from '../fields/struct-type.ts'
import { type DecodeProblem, decodeMessage } from './decode-problem.ts'
import { type DecodedStruct, decodeStruct } from './decode-struct.ts'
import { duplicateFields } from './duplicate-fields.ts'

/**
 * How a server of one minor reads the bodies of its kinds: a value that cannot be what its field is refuses the body, unknown and repeated
 * fields do as well where the client asks for it, and are dropped otherwise, with a warning where it asks for that.
 * Source: Kubernetes API concepts, Field validation; KEP-2885.
 */
export function fieldCheckOf(minor: number): FieldCheck {
  const structs = new StructTypes(minor)
  return (sent, served, mode) => {
    const { object, unknown } = read(sent.object, served, structs)
    return judged({ object, problems: mode === 'Ignore' ? [] : strictProblems(sent, unknown) }, served, mode)
  }
}

interface Read {
  readonly object: DraftObject
  readonly unknown: readonly string[]
}

function read(object: DraftObject, served: ServedResource, structs: StructTypes): Read {
  const { type, version } = served
  if (type.custom !== undefined) return readCustom(object, served, structs)
  const struct = kindType(type.group, version, type.kind)
  if (struct === undefined || structs.get(struct) === undefined) return { object, unknown: [] }
  const decoded = succeeded(decodeStruct(object, struct, structs), served, structs.minor)
  // the registry writes the time at which an object came
  const { creationTimestamp, ...metadata } = (decoded.value.metadata ?? {}) as Record<string, unknown>
  const kept = creationTimestamp === null ? metadata : decoded.value.metadata
  return { object: { ...decoded.value, metadata: kept } as DraftObject, unknown: decoded.unknown }
}

function readCustom(object: DraftObject, served: ServedResource, structs: StructTypes): Read {
  const metadata = succeeded(decodeStruct(object.metadata ?? {}, 'meta/v1.ObjectMeta', structs), served, structs.minor)
  const { creationTimestamp, ...rest } = metadata.value
  const own = { ...object, metadata: creationTimestamp === null ? rest : metadata.value } as DraftObject
  const unknown = metadata.unknown.map((path) => `metadata.${path}`)
  const schema = served.type.custom?.[served.version]?.schema as JsonSchema | undefined
  if (schema === undefined) return { object: own, unknown }
  const pruned = pruneObject(own, schema)
  return { object: pruned.value as DraftObject, unknown: [...unknown, ...pruned.unknown] }
}

function succeeded(decoded: DecodedStruct | DecodeProblem, served: ServedResource, minor: number): DecodedStruct {
  if ('value' in decoded && 'unknown' in decoded) return decoded
  throw unreadable(served, decodeMessage(decoded, minor))
}

function strictProblems({ text, object }: SentObject, unknown: readonly string[]): readonly string[] {
  const twice = text === undefined || typeof object !== 'object' ? [] : duplicateFields(text)
  return [
    ...twice.map((path) => `duplicate field ${JSON.stringify(path)}`),
    ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
  ]
}

function judged(
  { object, problems }: { object: DraftObject; problems: readonly string[] },
  served: ServedResource,
  mode: FieldValidation,
): CheckedObject {
  if (mode !== 'Strict' || problems.length === 0) return { object, warnings: problems }
  throw unreadable(served, `strict decoding error: ${problems.join(', ')}`)
}

function unreadable({ type, version }: ServedResource, why: string): StatusError {
  return badRequest(`${type.kind} in version "${version}" cannot be handled as a ${type.kind}: ${why}`)
}
