import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { boundPod } from '../bind-pod.ts'
import { plainAnswer, successStatus } from '../http/answer.ts'
import { type Call, keyOfCall } from '../http/call.ts'
import { decodeObject } from '../http/decode-body.ts'
import { deleteOptions } from '../http/query-options.ts'
import type { PodLogOptions } from '../http/server-parts.ts'
import type { TwinResponse } from '../http/twin-request.ts'
import { badRequest, conflict, StatusError } from '../status-error.ts'
import { evictPod } from './evict-pod.ts'
import { writeOptions } from './write-verbs.ts'

type Fields = Readonly<Record<string, unknown>>

/** POST of `pods/NAME/eviction`, in both versions of Eviction. */
export async function postEviction(call: Call): Promise<TwinResponse> {
  const { parts, request, target, served } = call
  const { name } = keyOfCall(call)
  const eviction = evictionSent(call)
  if ((eviction.metadata?.name ?? '') !== name) throw badRequest('name in URL does not match name in Eviction object')
  const options = writeOptions(call, 'CreateOptions')
  const sent = deleteOptions(new URLSearchParams(), (eviction.deleteOptions ?? {}) as Fields)
  const { dryRun, ...asked } = sent
  await parts.registry.admitSubresource({ type: served.type, namespace: target.namespace, name, object: eviction }, options)
  await evictPod({
    registry: parts.registry,
    pods: served.type,
    key: keyOfCall(call),
    deleteOptions: asked,
    options: { ...options, dryRun: dryRun || request.query.has('dryRun') },
  })
  return plainAnswer(call, successStatus(call, undefined, 201), { status: 201 })
}

/** `policy/v1beta1` is still read where the group no longer has it; v1 from 1.22. Source: Kubernetes deprecation guide. */
function evictionSent({ request, parts }: Call): DraftObject {
  const contentType = request.headers['content-type']
  const decode = (version: string) => decodeObject(request.body, contentType, { group: 'policy', version, kind: 'Eviction' }, parts.catalog)
  if (parts.catalog.minor < 22) return decode('v1beta1')
  try {
    return decode('v1')
  } catch (error) {
    if (error instanceof StatusError && error.message.startsWith('the API version in the data (policy/v1beta1)')) return decode('v1beta1')
    throw error
  }
}

/** POST of `pods/NAME/binding`, and of the older `bindings`. */
export async function postBinding(call: Call): Promise<TwinResponse> {
  const { parts, request, target } = call
  const binding = decodeObject(request.body, request.headers['content-type'], { group: '', version: 'v1', kind: 'Binding' }, parts.catalog)
  const sentName = binding.metadata?.name ?? ''
  const name = target.name ?? sentName
  if (sentName !== name) throw badRequest('name in URL does not match name in Binding object')
  const node = nodeOf(binding)
  const pods = parts.catalog.get('pods')
  if (pods === undefined) throw new TypeError('a server without pods')
  const { dryRun = false } = writeOptions(call, 'CreateOptions')
  parts.registry.rewrite(
    pods,
    { namespace: target.namespace, name },
    (pod) => boundPod(checked(pod, binding), node, parts.clock.now()),
    dryRun,
  )
  return plainAnswer(call, successStatus(call, undefined, 201), { status: 201 })
}

function nodeOf({ target }: DraftObject): string {
  const { kind = '', name = '' } = (target ?? {}) as { readonly kind?: string; readonly name?: string }
  if (kind !== '' && kind !== 'Node')
    throw new StatusError(500, '', `target.kind: Unsupported value: "${kind}": supported values: "Node", "<empty>"`)
  if (name === '') throw new StatusError(500, '', 'target.name: Required value')
  return name
}

/** Another pod of the same name, or a later state, is not meant. */
function checked(pod: KubeObject, { metadata = {} }: DraftObject): KubeObject {
  const { uid, resourceVersion } = metadata
  const of = { group: '', plural: 'pods/binding', name: pod.metadata.name }
  if (uid && uid !== pod.metadata.uid) {
    throw conflict(of, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`)
  }
  if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion) {
    throw conflict(of, `Precondition failed: resourceVersion in precondition: ${resourceVersion}`)
  }
  return pod
}

/** GET of `pods/NAME/log`. */
export async function getLog(call: Call): Promise<TwinResponse> {
  const { parts, request } = call
  const pod = parts.registry.get(call.served.type, keyOfCall(call))
  const options = logOptions(pod, request.query)
  // nobody could be asked for it
  if (!isBound(pod)) return { kind: 'Bytes', status: 204, headers: {}, body: '' }
  const log = await parts.logs.read(pod, { ...options, ...(request.signal === undefined ? {} : { signal: request.signal }) })
  const headers = { 'content-type': 'text/plain' }
  if (typeof log === 'string') return { kind: 'Bytes', status: 200, headers, body: log }
  return { kind: 'Stream', status: 200, headers, pieces: log }
}

function isBound({ spec }: KubeObject): boolean {
  return Boolean((spec as { readonly nodeName?: string } | undefined)?.nodeName)
}

function logOptions(pod: KubeObject, query: URLSearchParams): PodLogOptions {
  return {
    container: containerOf(pod, query.get('container') ?? ''),
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...integerOf(query, 'tailLines'),
    ...integerOf(query, 'sinceSeconds'),
    ...integerOf(query, 'limitBytes'),
  }
}

/** Source: Kubernetes, registry/core/pod LogLocation. */
function containerOf(pod: KubeObject, asked: string): string {
  const spec = (pod.spec ?? {}) as Readonly<Record<string, readonly { readonly name: string }[] | undefined>>
  const namesOf = (field: string) => (spec[field] ?? []).map(({ name }) => name)
  const [main, init] = [namesOf('containers'), namesOf('initContainers')]
  const { name } = pod.metadata
  if (asked !== '') {
    if ([...main, ...init, ...namesOf('ephemeralContainers')].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${name}`)
  }
  const [only] = main
  if (main.length === 1 && only !== undefined) return only
  if (main.length === 0) throw badRequest(`a container name must be specified for pod ${name}`)
  const initText = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${initText}`)
}

function isTrue(text: string | null): boolean {
  return text !== null && ['', 'true', '1'].includes(text)
}

function integerOf(query: URLSearchParams, name: 'tailLines' | 'sinceSeconds' | 'limitBytes'): Partial<PodLogOptions> {
  const text = query.get(name)
  if (text === null || text === '') return {}
  if (!/^\d{1,12}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return { [name]: Number(text) }
}
