import { deprecationWarning } from '../../schema/types/deprecated-kinds.ts'
import { apiVersionOf, type ServedResource } from '../resource-catalog.ts'
import { storedAs } from '../resource-type.ts'
import { badRequest, notFound } from '../status-error.ts'
import type { UserInfo } from '../user-info.ts'
import { deleteCollection, deleteObject } from '../verbs/delete-verbs.ts'
import { patchObject } from '../verbs/patch-verb.ts'
import { getLog, postBinding, postEviction } from '../verbs/pod-verbs.ts'
import { getObject, listOrWatch } from '../verbs/read-verbs.ts'
import { getScale, patchScale, replaceScale } from '../verbs/scale-verbs.ts'
import { answerVirtual } from '../verbs/virtual-verbs.ts'
import { createObject, replaceObject } from '../verbs/write-verbs.ts'
import type { Call } from './call.ts'
import { answerForm, checkRouted } from './media-type.ts'
import { methodNotAllowed, methodNotSupported, pathNotFound, unknownResource } from './refusal-answer.ts'
import type { ResourceTarget } from './request-target.ts'
import { verbOf } from './request-verb.ts'
import type { ServerParts } from './server-parts.ts'
import type { TwinRequest, TwinResponse } from './twin-request.ts'

type Answer = (call: Call) => TwinResponse | Promise<TwinResponse>

const objectVerbs: Readonly<Record<string, Answer>> = {
  get: getObject,
  list: listOrWatch,
  watch: listOrWatch,
  create: createObject,
  update: replaceObject,
  patch: patchObject,
  delete: deleteObject,
  deletecollection: deleteCollection,
}

const sameKind: Readonly<Record<string, Answer>> = { get: getObject, update: replaceObject, patch: patchObject }

const subresourceVerbs: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  status: sameKind,
  approval: sameKind,
  ephemeralcontainers: sameKind,
  resize: sameKind,
  finalize: { update: replaceObject },
  scale: { get: getScale, update: replaceScale, patch: patchScale },
  eviction: { create: postEviction },
  binding: { create: postBinding },
  log: { get: getLog },
}

export interface ResourceRequest {
  readonly parts: ServerParts
  readonly request: TwinRequest
  readonly target: ResourceTarget
  readonly user: UserInfo
  readonly lagMs: number
  readonly warn: (text: string) => void
}

/** Finds out what serves a request for a resource, and has it answered. Throws `StatusError`. */
export async function answerResource({ parts, request, target, user, lagMs, warn }: ResourceRequest): Promise<TwinResponse> {
  const served = parts.catalog.served(target.group, target.version, target.plural)
  if (served === undefined) {
    if (isBuiltInGroup(parts, target.group)) throw unknownResource()
    return pathNotFound
  }
  const answer = verbFor(served, target, request, parts)
  if (served.type.custom === undefined) checkRouted(request.headers.accept, parts.catalog.minor)
  const form = answerForm(request.headers.accept)
  const deprecation = deprecationOf(served, target.subresource, parts.catalog.minor)
  if (deprecation !== undefined) warn(deprecation)
  return await answer({ parts, request, target, served, user, form, warn, ...(lagMs === 0 ? {} : { lagMs }) })
}

/** Of a subresource only when it is of the same kind. */
function deprecationOf({ type, version }: ServedResource, subresource: string | undefined, minor: number): string | undefined {
  if (subresource !== undefined && subresourceVerbs[subresource] !== sameKind) return undefined
  const apiVersion = apiVersionOf(type.group, version)
  const custom = type.custom?.[version]?.deprecation
  if (custom === undefined) return deprecationWarning(apiVersion, type.kind, minor)
  return minor < 19 ? undefined : custom || `${apiVersion} ${type.kind} is deprecated`
}

function isBuiltInGroup({ catalog }: ServerParts, group: string): boolean {
  return catalog.types().some((type) => type.custom === undefined && type.group === group && catalog.versionsOf(type).length > 0)
}

/** Throws 404 or 405. */
function verbFor(served: ServedResource, target: ResourceTarget, { method, query }: TwinRequest, parts: ServerParts): Answer {
  const { type } = served
  const { namespace, name, subresource } = target
  const verb = verbOf(method, target, query)
  if (type.custom !== undefined) return customVerb(served, target, verb)
  if (type.namespaced ? namespace === undefined && name !== undefined : namespace !== undefined) throw unknownResource()
  if (subresource !== undefined) return subresourceVerb(served, subresource, verb, parts)
  const allowed = (name === undefined ? collectionVerbs : itemVerbs).has(verb)
  const everywhere = type.namespaced && namespace === undefined
  if (!allowed || (everywhere && verb !== 'list' && verb !== 'watch')) throw methodNotAllowed()
  return storedVerb(served, verb, parts)
}

/**
 * Custom resources have no router that knows their paths: a path of the wrong scope is none, a subresource that is not there is an object
 * that is not there. Source: Kubernetes, apiextensions-apiserver crdHandler.
 */
function customVerb({ type }: ServedResource, { namespace, name, subresource }: ResourceTarget, verb: string): Answer {
  const of = { group: type.group, plural: type.plural, name: name ?? '' }
  const everywhere = type.namespaced && namespace === undefined
  if (everywhere ? verb !== 'list' && verb !== 'watch' : !type.namespaced && namespace !== undefined) return () => pathNotFound
  const [first] = subresource?.split('/') ?? []
  if (first !== undefined && !type.subresources.includes(first)) throw notFound(of)
  const answer = (first === undefined ? objectVerbs : subresourceVerbs[first])?.[verb]
  if (answer === undefined) throw methodNotSupported(of, verb)
  if (name === undefined && itemVerbs.has(verb) && verb !== 'watch') throw badRequest('name must be provided')
  return answer
}

const collectionVerbs: ReadonlySet<string> = new Set(['list', 'watch', 'create', 'deletecollection'])
const itemVerbs: ReadonlySet<string> = new Set(['get', 'watch', 'update', 'patch', 'delete'])

function storedVerb(served: ServedResource, verb: string, parts: ServerParts): Answer {
  const { type } = served
  if (storedAs(type) === 'bindings') return verb === 'create' ? postBinding : refuseMethod
  if (parts.virtual(served) !== undefined) return (call) => answerVirtual(call, verb)
  if (type.verbs !== undefined && !type.verbs.includes(verb)) throw methodNotAllowed()
  return objectVerbs[verb] ?? refuseMethod
}

function subresourceVerb(served: ServedResource, subresource: string, verb: string, parts: ServerParts): Answer {
  const [first = ''] = subresource.split('/')
  if (!served.type.subresources.includes(first)) throw unknownResource()
  const answers = subresourceVerbs[first]
  if (answers !== undefined) return answers[verb] ?? refuseMethod
  if (parts.virtual(served, first) !== undefined) return (call) => answerVirtual(call, verb)
  return refuseMethod
}

function refuseMethod(): never {
  throw methodNotAllowed()
}
