import type { DraftObject } from '../../kube-object.ts'
import { kindType } from '../../schema/fields/kind-types.ts'
import { StructTypes } from '../../schema/fields/struct-type.ts'
import { apiVersionOf, splitApiVersion } from '../resource-catalog.ts'
import { decodeMessage, isMessage } from './decode-message.ts'
import { openEnvelope } from './envelope.ts'

/** What a body is expected to hold, and what it is taken for where it does not say so. */
interface SentKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const structsOfMinor = new Map<number, StructTypes>()

/**
 * The object in a body of type `application/vnd.kubernetes.protobuf`, as JSON would have it to a server of this minor. Undefined for a kind
 * whose numbers are not known, custom resources among them. Throws `ProtoProblem`.
 */
export function protobufObject(body: Uint8Array, expected: SentKind, minor: number): DraftObject | undefined {
  const { apiVersion, kind, message } = openEnvelope(body)
  const sent = sentKind(apiVersion, kind, expected)
  const structs = structsOfMinor.get(minor) ?? new StructTypes(minor)
  structsOfMinor.set(minor, structs)
  const type = kindType(sent.group, sent.version, sent.kind)
  if (type === undefined || !isMessage(type, structs)) return undefined
  return { apiVersion: apiVersionOf(sent.group, sent.version), kind: sent.kind, ...decodeMessage(message, type, structs) }
}

function sentKind(apiVersion: string, kind: string, expected: SentKind): SentKind {
  // options are written in the name of the group that they are sent to
  if (apiVersion === '' || kind === '' || (kind === expected.kind && expected.group === 'meta.k8s.io')) return expected
  const [group, version] = splitApiVersion(apiVersion)
  return { group, version, kind }
}
