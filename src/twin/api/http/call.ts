import type { ServedResource } from '../resource-catalog.ts'
import { storedAs } from '../resource-type.ts'
import type { UserInfo } from '../user-info.ts'
import type { AnswerForm } from './media-type.ts'
import type { ResourceTarget } from './request-target.ts'
import type { ServerParts } from './server-parts.ts'
import type { TwinRequest } from './twin-request.ts'

/** A request for a resource that is served, by somebody who may make it. */
export interface Call {
  readonly parts: ServerParts
  readonly request: TwinRequest
  readonly target: ResourceTarget
  readonly served: ServedResource
  readonly user: UserInfo
  readonly form: AnswerForm
  /** A fault that a watch is to have. */
  readonly lagMs?: number
  /** Tells the client something that does not stop it: a `Warning` header. */
  readonly warn?: (text: string) => void
}

/** The name under which the store keeps what is asked for. */
export function resourceOf({ served }: Call): string {
  return storedAs(served.type)
}

/** Where the object is that is asked for. */
export function keyOfCall({ target, served }: Call): { namespace: string | undefined; name: string } {
  return { namespace: served.type.namespaced ? target.namespace : undefined, name: target.name ?? '' }
}
