import type { KubeObject } from '../../kube-object.ts'
import { listAnswer, objectAnswer, plainAnswer, successStatus } from '../http/answer.ts'
import { type Call, keyOfCall, resourceOf } from '../http/call.ts'
import { decodeOptions } from '../http/decode-body.ts'
import { optionsKindProblem } from '../http/options-kind-problem.ts'
import { deleteOptions, listOptions } from '../http/query-options.ts'
import type { TwinRequest, TwinResponse } from '../http/twin-request.ts'
import { listPage } from '../list/list-page.ts'
import type { JsonObject } from '../patch/json-object.ts'
import type { WriteOptions } from '../registry.ts'
import type { ResourceCatalog } from '../resource-catalog.ts'
import { StatusError } from '../status-error.ts'
import { selectionFor } from './read-verbs.ts'

/** Their deletion answers with the object, not with a Status. Source: Kubernetes, ReturnDeletedObject of each registry. */
const answeredWithObject = new Set([
  'pods',
  'services',
  'namespaces',
  'persistentvolumes',
  'persistentvolumeclaims',
  'serviceaccounts',
  'resourcequotas',
  'podtemplates',
  'podsecuritypolicies.policy',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
])

/** DELETE of one object. */
export async function deleteObject(call: Call): Promise<TwinResponse> {
  const { parts, served } = call
  const asked = deleteOptionsOf(call, 'Object')
  const { object, gone } = await parts.registry.delete(served.type, keyOfCall(call), asked, writeOptionsOf(call, asked))
  // Old clients asked for a cascade by this field and wait for the answer to say whether it is done.
  const status = !gone && asked.orphanDependents === false ? 202 : 200
  if (!gone || answeredWithObject.has(resourceOf(call))) return objectAnswer(call, object, { status })
  return plainAnswer(call, successStatus(call, object), { status })
}

/** DELETE of all that is selected; answers with what was there. */
export async function deleteCollection(call: Call): Promise<TwinResponse> {
  const { parts, request, served } = call
  const options = { ...listOptions(request.query, parts.catalog.minor), watch: false }
  const asked = deleteOptionsOf(call, 'Collection')
  const source = { store: parts.registry.store, snapshots: parts.snapshots, podsByNode: parts.podsByNode }
  const page = listPage(source, resourceOf(call), selectionFor(call, options), options)
  for (const object of page.items) await deleteOne(call, object, asked)
  return served.type.plural === 'events' && page.items.length > 1_000 ? plainAnswer(call, successStatus(call)) : listAnswer(call, page)
}

async function deleteOne(call: Call, { metadata }: KubeObject, asked: ReturnType<typeof deleteOptions>): Promise<void> {
  try {
    await call.parts.registry.delete(call.served.type, metadata, asked, writeOptionsOf(call, asked))
  } catch (error) {
    // Somebody was faster.
    if (!(error instanceof StatusError) || error.code !== 404) throw error
  }
}

function deleteOptionsOf({ request, parts }: Call, of: 'Object' | 'Collection'): ReturnType<typeof deleteOptions> {
  if (request.body === undefined || request.body.byteLength === 0) return deleteOptions(request.query, undefined)
  const sent = sentOptions(request, parts.catalog)
  const problem = optionsKindProblem(sent, of, parts.catalog)
  if (problem !== undefined) throw new StatusError(500, '', problem)
  return deleteOptions(request.query, sent)
}

/** Here the real server answers 500 for what it cannot read, without saying of what kind it should have been. */
function sentOptions({ body, headers }: TwinRequest, catalog: ResourceCatalog): JsonObject {
  try {
    return decodeOptions(body, headers['content-type'], catalog)
  } catch (error) {
    const [, why] = (error instanceof StatusError && /(couldn't get version\/kind; .*) \([^()]*\)$/s.exec(error.message)) || []
    throw why === undefined ? error : new StatusError(500, '', why)
  }
}

function writeOptionsOf({ user, served, warn }: Call, { dryRun, ...asked }: ReturnType<typeof deleteOptions>): WriteOptions {
  return {
    user,
    dryRun,
    version: served.version,
    ...(warn === undefined ? {} : { warn }),
    sent: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...asked, ...(dryRun ? { dryRun: ['All'] } : {}) },
  }
}
