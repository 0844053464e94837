import { nameOf } from '../../object-key.ts'
import { listAnswer, objectAnswer, plainAnswer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { decodeObject } from '../http/decode-body.ts'
import { listOptions } from '../http/query-options.ts'
import { methodNotAllowed } from '../http/refusal-answer.ts'
import type { VirtualCall, VirtualResource } from '../http/server-parts.ts'
import type { TwinResponse } from '../http/twin-request.ts'
import { selectionFor } from './read-verbs.ts'

/** What a verb does to a resource whose objects are not stored. Throws 405 for one that it does not have. */
export async function answerVirtual(call: Call, verb: string): Promise<TwinResponse> {
  const { parts, served, target } = call
  const resource = parts.virtual(served, target.subresource)
  if (resource === undefined) throw methodNotAllowed()
  switch (verb) {
    case 'create':
      return await createVirtual(call, resource)
    case 'get':
      if (resource.get === undefined || call.target.name === undefined) throw methodNotAllowed()
      return objectAnswer(call, await resource.get({ namespace: call.target.namespace, name: call.target.name }, virtualCall(call)))
    case 'list':
      return await listVirtual(call, resource)
    default:
      throw methodNotAllowed()
  }
}

async function createVirtual(call: Call, { create }: VirtualResource): Promise<TwinResponse> {
  if (create === undefined) throw methodNotAllowed()
  const { request, served, parts, target } = call
  const kind = target.subresource === 'token' ? tokenRequest : { group: served.type.group, version: served.version, kind: served.type.kind }
  const draft = decodeObject(request.body, request.headers['content-type'], kind, parts.catalog)
  return plainAnswer(call, await create(draft, virtualCall(call)), { status: 201 })
}

const tokenRequest = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }

async function listVirtual(call: Call, { list }: VirtualResource): Promise<TwinResponse> {
  if (list === undefined) throw methodNotAllowed()
  const options = listOptions(call.request.query, call.parts.catalog.minor)
  const selection = selectionFor(call, options)
  const all = await list(call.target.namespace, virtualCall(call))
  const items = all.filter((object) => selection.matches(object)).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  return listAnswer(call, { items, resourceVersion: call.parts.registry.store.resourceVersion })
}

function virtualCall({ served, user, target }: Call): VirtualCall {
  const { namespace, subresource, name } = target
  return {
    served,
    user,
    ...(namespace === undefined ? {} : { namespace }),
    ...(subresource === undefined || name === undefined ? {} : { subresource: { name: subresource, of: name } }),
  }
}
