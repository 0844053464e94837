import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { objectAnswer } from '../http/answer.ts'
import { type Call, keyOfCall } from '../http/call.ts'
import { bodyText, checkMetadata, checkSize, decodeApplied, jsonOf, kindProblem } from '../http/decode-body.ts'
import { bodyType } from '../http/media-type.ts'
import type { TwinResponse } from '../http/twin-request.ts'
import { withoutNulls } from '../http/without-nulls.ts'
import { isTooDeep } from '../nesting.ts'
import { patchOptionsProblem } from '../patch/apply/patch-options.ts'
import type { JsonObject } from '../patch/json-object.ts'
import { applyJsonPatch } from '../patch/json-patch.ts'
import { applyMergePatch } from '../patch/merge-patch.ts'
import { patchedObjectInvalid, patchFailed, unknownPatchType, unsupportedPatchType } from '../patch/patch-refusal.ts'
import { applyStrategicPatch } from '../patch/strategic/strategic-patch.ts'
import { apiVersionOf, type ServedResource, splitApiVersion } from '../resource-catalog.ts'
import { badRequest, conflict, notFound, StatusError, staleVersion } from '../status-error.ts'
import { fieldValidation, fieldWrite, servedObject, writeOptions } from './write-verbs.ts'

/** What a patch makes of the object that is stored, both in the version of the path. */
export type PatchStep = (current: JsonObject) => JsonObject

/** Patches are tried again when somebody was faster, so often. Source: Kubernetes, MaxRetryWhenPatchConflicts. */
const mostTries = 6

/** PATCH of an object or of a subresource that has the same kind. */
export async function patchObject(call: Call): Promise<TwinResponse> {
  const isApply = patchType(call) === 'application/apply-patch+yaml'
  const { query } = call.request
  const problem = patchOptionsProblem({ fieldManager: query.get('fieldManager'), force: query.get('force'), isApply })
  if (problem !== undefined) throw problem
  if (isApply) return await applyObject(call)
  const { parts, served, target } = call
  const options = writeOptions(call, 'PatchOptions')
  const step = patchStep(call)
  let tries = 0
  const next = (current: KubeObject | undefined): DraftObject => {
    const { type } = served
    if (current === undefined) throw notFound({ group: type.group, plural: type.plural, name: target.name ?? '' })
    tries += 1
    if (tries > mostTries) throw conflict({ group: type.group, plural: type.plural, name: current.metadata.name }, staleVersion)
    return parts.conversion.toStored(patched(call, step, current), served)
  }
  const { object } = await parts.registry.update(served.type, keyOfCall(call), next, {
    ...options,
    track: (draft, old) => parts.fields.track(draft, old, fieldWrite(call)),
  })
  return objectAnswer(call, object)
}

function patched(call: Call, step: PatchStep, current: KubeObject): DraftObject {
  const before = servedObject(call, current)
  const after = step(before as unknown as JsonObject)
  const checked = readable(after, before, call)
  checkName(checked, before.metadata.name)
  return checked
}

/** What a patch has left must still be an object of the kind. Throws 422. */
function readable(after: JsonObject, before: KubeObject, call: Call): DraftObject {
  const { served, parts } = call
  const { apiVersion, kind } = after
  if (isTooDeep(after)) throw badRequest('the patched object is nested too deep: exceeded max depth')
  if (kind !== before.kind || apiVersion !== before.apiVersion) {
    const [group, version] = splitApiVersion(String(apiVersion ?? ''))
    const expected = { group: served.type.group, version: served.version, kind: served.type.kind }
    throw patchedObjectInvalid(sortedText(after), kindProblem({ group, version, kind: String(kind ?? '') }, expected, parts.catalog))
  }
  const object = (served.type.custom === undefined ? withoutNulls(after) : after) as DraftObject
  try {
    checkMetadata(object, served.type.kind, served.version)
    return parts.checkFields({ object }, served, fieldValidation(call)).object
  } catch (error) {
    const [, why] = (error instanceof StatusError && /^.* cannot be handled as a \S+: (?!strict )(.*)$/s.exec(error.message)) || []
    throw why === undefined ? error : patchedObjectInvalid(sortedText(after), why)
  }
}

/** As the real server shows what it could not read: by the names of the fields. */
function sortedText(object: JsonObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))))
}

function checkName({ metadata = {} }: DraftObject, name: string): void {
  if (metadata.name === name) return
  throw badRequest(`the name of the object (${metadata.name ?? ''}) does not match the name on the URL (${name})`)
}

/** The media type of the patch. Throws 415 for one that the resource does not take. */
function patchType({ request, served, parts }: Call): string {
  const type = bodyType(request.headers['content-type'])
  const apply = parts.catalog.minor >= 16 ? ['application/apply-patch+yaml'] : []
  const strategic = served.type.custom === undefined ? ['application/strategic-merge-patch+json'] : []
  const accepted = ['application/json-patch+json', 'application/merge-patch+json', ...strategic, ...apply]
  if (!accepted.includes(type)) throw served.type.custom === undefined ? unknownPatchType() : unsupportedPatchType(accepted)
  return type
}

/** What the body of a call does to an object. Throws 400, 413 or 415. */
export function patchStep(call: Call): PatchStep {
  const { request, parts, served } = call
  const type = patchType(call)
  checkSize(request.body)
  const patch = parsed(bodyText(request.body), type)
  switch (type) {
    case 'application/json-patch+json':
      return (current) => applyJsonPatch(current, patch, parts.catalog.minor)
    case 'application/merge-patch+json':
      return (current) => applyMergePatch(current, patch)
    default: {
      const schema = parts.mergeSchema(served)
      // It is merged into an object of the kind, whatever the patch says that it is.
      return (current) => ({ ...applyStrategicPatch(current, patch, schema), apiVersion: current.apiVersion, kind: current.kind })
    }
  }
}

function parsed(text: string, type: string): unknown {
  const { value, problem } = jsonOf(text)
  if (problem === undefined) return value
  // Each library has its own way to say it.
  if (type === 'application/merge-patch+json') throw patchFailed('Invalid JSON Patch')
  const strategic = type === 'application/strategic-merge-patch+json' && problem === 'unexpected end of JSON input'
  throw badRequest(strategic ? (text.trim() === '' ? 'EOF' : 'unexpected EOF') : problem)
}

async function applyObject(call: Call): Promise<TwinResponse> {
  const { parts, served, request, target } = call
  const options = writeOptions(call, 'PatchOptions')
  const { type } = served
  const applied = decodeApplied(request.body, served)
  // only looked at: what is applied must not get the empty fields that a whole object has
  const { warnings } = isOfKind(applied, served) ? parts.checkFields({ object: applied }, served, fieldValidation(call)) : { warnings: [] }
  checkApplied(applied, target.name ?? '')
  const force = ['true', '1', ''].includes(request.query.get('force') ?? 'false')
  const next = (current: KubeObject | undefined): DraftObject => {
    const live = current === undefined ? undefined : servedObject(call, current)
    const merged = parts.fields.apply(live, applied, { ...fieldWrite(call), force })
    return parts.conversion.toStored(parts.checkFields({ object: merged }, served, 'Ignore').object, served)
  }
  const { object, created } = await parts.registry.update(type, keyOfCall(call), next, { ...options, createIfMissing: true })
  return objectAnswer(call, object, { status: created ? 201 : 200, warnings })
}

/** What is not is refused when it is applied. */
function isOfKind({ apiVersion, kind }: DraftObject, { type, version }: ServedResource): boolean {
  return kind === type.kind && apiVersion === apiVersionOf(type.group, version)
}

function checkApplied({ metadata = {} }: DraftObject, name: string): void {
  if (metadata.name && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
  }
}
