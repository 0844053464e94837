import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { objectAnswer } from '../http/answer.ts'
import { type Call, keyOfCall } from '../http/call.ts'
import { bodyText, decodeObject } from '../http/decode-body.ts'
import type { FieldWrite } from '../http/field-management.ts'
import { bodyType } from '../http/media-type.ts'
import { dryRunOf, fieldValidationOf } from '../http/query-options.ts'
import type { CheckedObject, FieldValidation } from '../http/server-parts.ts'
import type { TwinResponse } from '../http/twin-request.ts'
import { fieldManagerProblems } from '../patch/apply/field-manager-problems.ts'
import { managerName } from '../patch/apply/manager-name.ts'
import { checkUid } from '../prepare-update.ts'
import type { WriteOptions } from '../registry.ts'
import { badRequest, invalid } from '../status-error.ts'

type WriteKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'

/** POST of an object. */
export async function createObject(call: Call): Promise<TwinResponse> {
  const { parts, served, target } = call
  const options = writeOptions(call, 'CreateOptions')
  const { object, warnings } = sentObject(call)
  const created = await parts.registry.create(served.type, parts.conversion.toStored(object, served), target.namespace, {
    ...options,
    track: (next) => parts.fields.track(next, undefined, fieldWrite(call)),
  })
  return objectAnswer(call, created, { status: 201, warnings })
}

/** PUT of an object or one of its subresources that has the same kind. */
export async function replaceObject(call: Call): Promise<TwinResponse> {
  const { parts, served } = call
  const options = writeOptions(call, 'UpdateOptions')
  const { object, warnings } = sentObject(call)
  checkPlace(object, call)
  const draft = parts.conversion.toStored(object, served)
  const next = (current: KubeObject | undefined) => {
    if (current !== undefined) checkUid(draft, current, served.type)
    return draft
  }
  const { object: stored, created } = await parts.registry.update(served.type, keyOfCall(call), next, {
    ...options,
    track: (next, old) => parts.fields.track(next, old, fieldWrite(call)),
  })
  return objectAnswer(call, stored, { status: created ? 201 : 200, warnings })
}

/** Options of a write from its query. Throws 422. */
export function writeOptions({ parts, request, target, served, user, warn }: Call, kind: WriteKind): WriteOptions {
  const { query } = request
  const values = query.getAll('dryRun')
  const manager = query.get('fieldManager') ?? ''
  const dryRun = dryRunOf(values, kind)
  checkManager(manager, kind)
  const validation = parts.catalog.minor < validatesFields ? '' : fieldValidationOf(query.get('fieldValidation') ?? '', kind)
  return {
    user,
    dryRun,
    version: served.version,
    ...(warn === undefined ? {} : { warn }),
    ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
    sent: {
      kind,
      apiVersion: 'meta.k8s.io/v1',
      ...(dryRun ? { dryRun: values } : {}),
      ...(manager === '' ? {} : { fieldManager: manager }),
      ...(validation === '' ? {} : { fieldValidation: validation }),
    },
  }
}

/** By whom the fields of a write are owned. */
export function fieldWrite({ parts, request, served, target }: Call): FieldWrite {
  return {
    manager: managerName(request.query.get('fieldManager'), request.headers['user-agent']),
    served,
    nowMs: parts.clock.now(),
    ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
  }
}

/** Before this minor nobody can ask how the fields of a body are looked at. */
const validatesFields = 25

export function fieldValidation({ parts, request }: Call): FieldValidation {
  if (parts.catalog.minor < validatesFields) return 'Ignore'
  const asked = request.query.get('fieldValidation')
  return asked === 'Strict' || asked === 'Ignore' ? asked : 'Warn'
}

function sentObject(call: Call): CheckedObject {
  const { parts, request, served } = call
  const { type, version } = served
  const contentType = request.headers['content-type']
  const object = decodeObject(request.body, contentType, { group: type.group, version, kind: type.kind }, parts.catalog)
  const text = bodyType(contentType) === 'application/json' ? { text: bodyText(request.body) } : {}
  return parts.checkFields({ object, ...text }, served, fieldValidation(call))
}

/** Throws 400 when an object is put to the place of another. */
export function checkPlace({ metadata = {} }: DraftObject, call: Call): void {
  const { name, namespace } = keyOfCall(call)
  if (!metadata.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
  if (metadata.namespace && namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest(`the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${namespace})`)
  }
}

function checkManager(manager: string, kind: WriteKind): void {
  const causes = fieldManagerProblems(manager)
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind, name: '' }, causes)
}

/** The object that a write is made of, as a client of this version sees it. */
export function servedObject({ parts, served }: Call, object: KubeObject): KubeObject {
  return parts.conversion.toServed(object, served)
}
