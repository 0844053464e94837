import { VirtualClock } from '../../cluster/virtual-clock.ts'
import type { AdmissionStep } from '../api/admission.ts'
import type { ResourceCatalog } from '../api/resource-catalog.ts'
import type { TwinApi, TwinApiOptions } from '../api/twin-api.ts'
import { createTwinApi, minorOf } from '../api/twin-api.ts'
import type { DraftObject } from '../kube-object.ts'
import { ObjectStore } from '../store/object-store.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwinAccess, type TwinAccess } from './twin-access.ts'

/** The token of somebody who may do everything. */
export const adminToken = 'admin-token'
export const bobToken = 'bob-token'

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about
export type Json = any

export interface Sent {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export type Send = (
  method: string,
  target: string,
  sent?: Sent,
) => Promise<{ status: number; body: Json; headers: Readonly<Record<string, string>> }>

export interface AccessServer extends TwinApi {
  readonly clock: VirtualClock
  readonly store: ObjectStore
  readonly access: TwinAccess
  readonly defects: unknown[]
  /** As the administrator unless another token is told. */
  readonly send: Send
}

/** What a test's own admission is made of. */
export interface ServerGround {
  readonly store: ObjectStore
  readonly clock: VirtualClock
  readonly catalog: () => ResourceCatalog
}

interface AccessServerOptions extends Partial<TwinApiOptions> {
  readonly admissionOf?: (ground: ServerGround) => readonly AdmissionStep[]
}

/** An API server with all of access, the namespaces of every cluster, the user bob of the group devs, and a clock that stands. */
export async function accessServer(gitVersion = 'v1.20.2', { admissionOf, ...more }: AccessServerOptions = {}): Promise<AccessServer> {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
  const store = new ObjectStore()
  const random = seededRandom(1)
  const defects: unknown[] = []
  const access = createTwinAccess({
    store,
    clock,
    random,
    minor: minorOf(gitVersion),
    tokens: [
      { token: adminToken, user: { username: 'root', groups: ['system:masters'] } },
      { token: bobToken, user: { username: 'bob', groups: ['devs'] } },
    ],
  })
  const { access: control, virtual, escalation } = access
  const api: TwinApi = createTwinApi({
    store,
    clock,
    random,
    gitVersion,
    access: control,
    virtual,
    ...more,
    admission: [...(admissionOf?.({ store, clock, catalog: () => api.catalog }) ?? []), escalation],
    onDefect: (error) => defects.push(error),
  })
  for (const name of ['default', 'kube-system', 'kube-public']) await api.client.create('namespaces', { metadata: { name } })
  await access.bootstrap(api.client)
  return { ...api, clock, store, access, defects, send: sender(api) }
}

function sender({ server }: TwinApi): Send {
  return async (method, target, { token = adminToken, headers = {}, body } = {}) => {
    const [path = '', query = ''] = target.split('?', 2)
    const response = await server.handle({
      method,
      path,
      query: new URLSearchParams(query),
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) }),
    })
    switch (response.kind) {
      case 'Object':
        return { status: response.status, body: JSON.parse(JSON.stringify(response.object)), headers: response.headers ?? {} }
      case 'Bytes':
        return { status: response.status, body: String(response.body), headers: response.headers }
      case 'Stream':
        await response.pieces[Symbol.asyncIterator]().return?.()
        return { status: response.status, body: undefined, headers: response.headers }
      case 'Broken':
        return { status: 0, body: undefined, headers: {} }
    }
  }
}

const group = 'rbac.authorization.k8s.io'

export function clusterRole(name: string, rules: readonly object[], more: object = {}): DraftObject {
  return { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules, ...more }
}

export function binding(name: string, role: string, subject: object, namespace?: string): DraftObject {
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding'
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: [subject],
  }
}

export const bob = { apiGroup: group, kind: 'User', name: 'bob' }
