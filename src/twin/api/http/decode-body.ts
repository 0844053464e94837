import type { DraftObject } from '../../kube-object.ts'
import { goJsonProblem } from '../go-json-problem.ts'
import { deepestNesting, isTooDeep } from '../nesting.ts'
import { isJsonObject, type JsonObject } from '../patch/json-object.ts'
import { ProtoProblem } from '../protobuf/proto-reader.ts'
import { protobufObject } from '../protobuf/protobuf-object.ts'
import { apiVersionOf, type ResourceCatalog, type ServedResource, splitApiVersion } from '../resource-catalog.ts'
import { badRequest, StatusError } from '../status-error.ts'
import { decodeYaml } from './decode-yaml.ts'
import { bodyType } from './media-type.ts'
import { withoutNulls } from './without-nulls.ts'

/** What a body is expected to hold. */
export interface ExpectedKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const protobufType = 'application/vnd.kubernetes.protobuf'

/** Larger ones are refused. Source: Kubernetes, apiserver MaxRequestBodyBytes. */
export const mostBodyBytes = 3 * 1024 * 1024

/** The object that a client has sent. Throws 400, 413 or 415. */
export function decodeObject(
  body: Uint8Array | undefined,
  contentType: string | undefined,
  expected: ExpectedKind,
  catalog: ResourceCatalog,
): DraftObject {
  if (bodyType(contentType) === protobufType) return inExpectedKind(decodeProtobuf(body, expected, catalog), expected, catalog)
  const value = decodeValue(body, contentType, expected.kind) ?? {}
  if (!isJsonObject(value)) throw unrecognised(expected.kind, noObject(value), body)
  const versionProblem = groupVersionProblem(value.apiVersion)
  if (versionProblem !== undefined) throw unrecognised(expected.kind, versionProblem, body)
  const custom = catalog.ofKind(apiVersionOf(expected.group, expected.version), expected.kind)?.type.custom !== undefined
  return inExpectedKind(custom ? value : withoutNulls(value), expected, catalog)
}

/** What a client applies, of whatever kind it says that it is. Throws 400, 413 or 415. */
export function decodeApplied(body: Uint8Array | undefined, { type, version }: ServedResource): DraftObject {
  const value = decodeValue(body, 'application/yaml', type.kind) ?? {}
  if (!isJsonObject(value)) throw unrecognised(type.kind, noObject(value), body)
  const object = type.custom === undefined ? withoutNulls(value) : value
  checkMetadata(object, type.kind, version)
  return object
}

/** DeleteOptions that a client has sent. Throws 400, 413 or 415. */
export function decodeOptions(body: Uint8Array | undefined, contentType: string | undefined, catalog: ResourceCatalog): JsonObject {
  if (bodyType(contentType) === protobufType) return decodeProtobuf(body, deleteOptions, catalog)
  const value = decodeValue(body, contentType, 'DeleteOptions') ?? {}
  if (!isJsonObject(value)) throw unrecognised('DeleteOptions', noObject(value), body)
  return value
}

/** Source: Kubernetes, apimachinery schema.ParseGroupVersion. */
export function groupVersionProblem(apiVersion: unknown): string | undefined {
  if (typeof apiVersion !== 'string' || apiVersion.split('/').length <= 2) return undefined
  return `unexpected GroupVersion string: ${apiVersion}`
}

/** Each group has options of its own that are the same as all others. Source: Kubernetes, apimachinery metav1.AddToGroupVersion. */
const deleteOptions: ExpectedKind = { group: 'meta.k8s.io', version: 'v1', kind: 'DeleteOptions' }

/** Throws 400, 413, or 415 for a kind that is not read from protobuf. */
function decodeProtobuf(body: Uint8Array | undefined, expected: ExpectedKind, catalog: ResourceCatalog): DraftObject {
  checkSize(body)
  try {
    const object = protobufObject(body ?? new Uint8Array(), expected, catalog.minor)
    if (object === undefined) throw unsupportedBody(protobufType)
    return object
  } catch (error) {
    if (error instanceof ProtoProblem) throw unrecognised(expected.kind, error.message, body)
    throw error
  }
}

/** The JSON value that a client has sent, whatever it is. Throws 400, 413 or 415. `kind` is what is expected, for the words of a refusal. */
function decodeValue(body: Uint8Array | undefined, contentType: string | undefined, kind: string): unknown {
  checkSize(body)
  switch (bodyType(contentType)) {
    case 'application/json':
      return decodeJson(body, kind)
    case 'application/yaml':
    case 'application/apply-patch+yaml':
      return yamlValue(body, kind)
    default:
      throw unsupportedBody(bodyType(contentType))
  }
}

/** Throws 413. */
export function checkSize(body: Uint8Array | undefined): void {
  if (body === undefined || body.byteLength <= mostBodyBytes) return
  throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${mostBodyBytes}`)
}

/** A body as text, for patches. */
export function bodyText(body: Uint8Array | undefined): string {
  return body === undefined ? '' : new TextDecoder().decode(body)
}

/** Source: Go, encoding/json, of the first look at a body. */
function noObject(value: unknown): string {
  const fields = 'APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\""'
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goName(value)} into Go value of type struct { ${fields} }`
}

function unsupportedBody(type: string): StatusError {
  const message = 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml'
  const protobuf = 'this kind is not read from protobuf: send the object as JSON or YAML, with kubectl by `create -f` or `apply -f`'
  const text = type === protobufType ? `${message} (${protobuf})` : message
  return new StatusError(415, 'UnsupportedMediaType', text)
}

function decodeJson(body: Uint8Array | undefined, kind: string): unknown {
  const { value, problem } = jsonOf(bodyText(body))
  if (problem !== undefined) throw unrecognised(kind, `couldn't get version/kind; json parse error: ${problem}`, body)
  return value
}

function yamlValue(body: Uint8Array | undefined, kind: string): unknown {
  const value = readYaml(body, kind)
  if (isTooDeep(value)) throw unrecognised(kind, `yaml: exceeded max depth of ${deepestNesting}`, body)
  return value
}

function readYaml(body: Uint8Array | undefined, kind: string): unknown {
  try {
    return decodeYaml(bodyText(body))
  } catch (error) {
    throw unrecognised(kind, `yaml: ${(error as Error).message}`, body)
  }
}

/** A value, or why there is none, in the words of Go's decoder. */
export function jsonOf(text: string): { readonly value: unknown; readonly problem?: string | undefined } {
  try {
    const value: unknown = JSON.parse(text)
    if (!isTooDeep(value)) return { value }
  } catch {
    // said below
  }
  return { value: undefined, problem: goJsonProblem(text) ?? '' }
}

function unrecognised(kind: string, why: string, body: Uint8Array = new Uint8Array()): StatusError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(body)})`)
}

/** Source: Kubernetes, apiserver summarizeData. */
function summary(body: Uint8Array): string {
  if (body.length === 0) return '<empty>'
  const [start, most] = [body.subarray(0, 30), 30]
  const isText = start[0] === '{'.charCodeAt(0)
  const shown = isText ? bodyText(start) : [...start].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return body.length > most ? `${shown} ...` : shown
}

function inExpectedKind(value: DraftObject, expected: ExpectedKind, catalog: ResourceCatalog): DraftObject {
  const apiVersion =
    typeof value.apiVersion === 'string' && value.apiVersion !== '' ? value.apiVersion : apiVersionOf(expected.group, expected.version)
  const kind = typeof value.kind === 'string' && value.kind !== '' ? value.kind : expected.kind
  const [group, version] = splitApiVersion(apiVersion)
  const isOther = group !== expected.group || version !== expected.version
  if (kind !== expected.kind || (isOther && !isRegistered({ group, version, kind }, catalog))) {
    throw badRequest(otherKind({ group, version, kind }, expected, catalog))
  }
  if (isOther) {
    const wanted = apiVersionOf(expected.group, expected.version)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
  }
  checkMetadata(value, expected.kind, expected.version)
  return { ...value, apiVersion, kind }
}

/** Kinds that are no resources of their own, by the minor that knows them first. */
const otherKinds: Readonly<Record<string, number>> = {
  'policy/v1 Eviction': 22,
  'policy/v1beta1 Eviction': 0,
  'v1 Binding': 0,
  'autoscaling/v1 Scale': 0,
}

/** Whether a server has a kind in its types, whether it serves it or not. */
export function isRegistered({ group, version, kind }: ExpectedKind, catalog: ResourceCatalog): boolean {
  const since = otherKinds[`${apiVersionOf(group, version)} ${kind}`]
  if (since !== undefined) return catalog.minor >= since
  return catalog
    .types()
    .some(
      (type) =>
        type.group === group &&
        type.kind === kind &&
        type.versions.some((one) => one.version === version && one.fromMinor <= catalog.minor),
    )
}

/** Why an object is of no use where another kind is expected. */
function otherKind(given: ExpectedKind, expected: ExpectedKind, catalog: ResourceCatalog): string {
  return `${given.kind} in version "${given.version}" cannot be handled as a ${expected.kind}: ${kindProblem(given, expected, catalog)}`
}

/** The same without what it is about. */
export function kindProblem(given: ExpectedKind, expected: ExpectedKind, catalog: ResourceCatalog): string {
  const wanted = `(${expected.group === '' ? 'core' : expected.group.split('.')[0]}.${expected.kind})`
  return isRegistered(given, catalog)
    ? `converting (${given.version}.${given.kind}) to ${wanted}: unknown conversion`
    : `no kind "${given.kind}" is registered for version "${apiVersionOf(given.group, given.version)}" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`
}

/** What the rest relies on: metadata that is an object, with texts where texts belong. Throws 400. */
export function checkMetadata(value: DraftObject, kind: string, version: string): void {
  const metadata: unknown = value.metadata
  if (metadata === undefined) return
  const refuse = (field: string, found: unknown, wanted: string) =>
    badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${goName(found)} into Go struct field ObjectMeta.${field} of type ${wanted}`,
    )
  if (!isJsonObject(metadata)) throw refuse('metadata', metadata, 'v1.ObjectMeta')
  for (const field of ['name', 'generateName', 'namespace', 'uid', 'resourceVersion']) {
    const text = metadata[field]
    if (text !== undefined && text !== null && typeof text !== 'string') throw refuse(`metadata.${field}`, text, 'string')
  }
  for (const field of ['labels', 'annotations']) checkTexts(metadata[field], (found, wanted) => refuse(`metadata.${field}`, found, wanted))
  for (const field of ['finalizers', 'ownerReferences']) {
    const list = metadata[field]
    if (list !== undefined && list !== null && !Array.isArray(list)) throw refuse(`metadata.${field}`, list, '[]string')
  }
}

function checkTexts(value: unknown, refuse: (found: unknown, wanted: string) => StatusError): void {
  if (value === undefined || value === null) return
  if (!isJsonObject(value)) throw refuse(value, 'map[string]string')
  for (const text of Object.values(value)) {
    if (typeof text !== 'string') throw refuse(text, 'string')
  }
}

function goName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
