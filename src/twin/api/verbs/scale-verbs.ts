import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { plainAnswer, tableAnswer } from '../http/answer.ts'
import { type Call, keyOfCall, resourceOf } from '../http/call.ts'
import { decodeObject } from '../http/decode-body.ts'
import type { TwinResponse } from '../http/twin-request.ts'
import type { JsonObject } from '../patch/json-object.ts'
import { patchedObjectInvalid } from '../patch/patch-refusal.ts'
import { notFound } from '../status-error.ts'
import { patchStep } from './patch-verb.ts'
import { checkReached } from './read-verbs.ts'
import { scaledObject, scaleOf } from './scale.ts'
import { checkPlace, fieldWrite, servedObject, writeOptions } from './write-verbs.ts'

/** GET of `…/scale`. */
export function getScale(call: Call): TwinResponse {
  checkReached(call)
  const { parts, served } = call
  const { namespace, name } = keyOfCall(call)
  const object = parts.registry.store.get(resourceOf(call), namespace, name)
  if (object === undefined) throw notFound({ group: served.type.group, plural: `${served.type.plural}/scale`, name })
  return scaleAnswer(call, scaleOf(servedObject(call, object), served.type, served.version))
}

/** The first minor that prints a scale. Source: KEP-2590, `kubectl get --subresource`. */
const printsScales = 24

function scaleAnswer(call: Call, scale: KubeObject): TwinResponse {
  const isPrinted = call.form.shape?.kind === 'Table' && call.served.type.custom === undefined && call.parts.catalog.minor >= printsScales
  if (!isPrinted) return plainAnswer(call, scale)
  const { resourceVersion } = scale.metadata
  return plainAnswer(call, tableAnswer(call, [scale], { resourceVersion }, { table: 'scales.autoscaling' }))
}

/** PUT of `…/scale`. */
export function replaceScale(call: Call): Promise<TwinResponse> {
  const expected = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
  const sent = decodeObject(call.request.body, call.request.headers['content-type'], expected, call.parts.catalog)
  checkPlace(sent, call)
  return writeScale(call, 'UpdateOptions', () => sent)
}

/** PATCH of `…/scale`. */
export function patchScale(call: Call): Promise<TwinResponse> {
  const step = patchStep(call)
  return writeScale(call, 'PatchOptions', (scale) => {
    const next = step(scale as unknown as JsonObject)
    const { replicas = 0 } = (next.spec ?? {}) as { readonly replicas?: unknown }
    if (typeof replicas === 'number') return next as DraftObject
    throw patchedObjectInvalid(
      JSON.stringify(next),
      `v1.Scale.Spec: v1.ScaleSpec.Replicas: readUint32: unexpected character: ${JSON.stringify(replicas)}`,
    )
  })
}

async function writeScale(
  call: Call,
  kind: 'UpdateOptions' | 'PatchOptions',
  nextScale: (scale: KubeObject) => DraftObject,
): Promise<TwinResponse> {
  const { parts, served, target } = call
  const { type, version } = served
  // The object itself is written: its generation counts.
  const { subresource: _subresource, ...options } = writeOptions(call, kind)
  const next = (current: KubeObject | undefined): DraftObject => {
    if (current === undefined) throw notFound({ group: type.group, plural: type.plural, name: target.name ?? '' })
    const before = servedObject(call, current)
    return parts.conversion.toStored(scaledObject(before, nextScale(scaleOf(before, type, version)), type, version), served)
  }
  const { object } = await parts.registry.update(type, keyOfCall(call), next, {
    ...options,
    through: {
      subresource: 'scale',
      of: (draft) => scaleOf(draft as KubeObject, type, version),
      into: (draft, scale) => scaledObject(draft as KubeObject, scale, type, version),
    },
    track: (draft, old) => parts.fields.track(draft, old, fieldWrite(call)),
  })
  return plainAnswer(call, scaleOf(object, type, version))
}
