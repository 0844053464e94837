import type { Clock } from '../../../cluster/clock.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectKey } from '../../twin-client.ts'
import type { Snapshots } from '../list/snapshots.ts'
import type { MergeSchema } from '../patch/merge-schema.ts'
import type { Registry } from '../registry.ts'
import type { ResourceCatalog, ServedResource } from '../resource-catalog.ts'
import type { UserInfo } from '../user-info.ts'
import type { VersionConversion } from '../version-conversion.ts'
import type { WatchHub } from '../watch/watch-hub.ts'
import type { AccessControl } from './access.ts'
import type { FieldManagement } from './field-management.ts'
import type { RequestFaults } from './request-faults.ts'
import type { TwinRequest, TwinResponse } from './twin-request.ts'

/** What a server is made of. */
export interface ServerParts {
  readonly registry: Registry
  readonly catalog: ResourceCatalog
  readonly clock: Clock
  readonly random: () => number
  readonly hub: WatchHub
  readonly snapshots: Snapshots
  readonly podsByNode: Index
  /** As `/version` says it: `v1.20.2`. */
  readonly gitVersion: string
  readonly conversion: VersionConversion
  readonly mergeSchema: (served: ServedResource) => MergeSchema
  readonly checkFields: FieldCheck
  readonly fields: FieldManagement
  readonly access: AccessControl
  readonly faults: RequestFaults
  readonly logs: PodLogs
  /** Resources that are no objects of the store (reviews, metrics), and subresources that are not (`token`). */
  readonly virtual: (served: ServedResource, subresource?: string) => VirtualResource | undefined
  /** Paths beside the resources: discovery, OpenAPI. Asked in this order, before a path is unknown. */
  readonly documents: readonly DocumentSource[]
}

/** Answers a path; `undefined` when it is not one of its own. */
export type DocumentSource = (request: TwinRequest, parts: ServerParts) => TwinResponse | undefined

/** Whether unknown and repeated fields are refused, told of, or dropped without a word. Source: Kubernetes API concepts, field validation. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

/** What is read of a body of some kind. Throws 400 for what cannot be read. */
export type FieldCheck = (body: SentObject, as: ServedResource, mode: FieldValidation) => CheckedObject

export interface SentObject {
  readonly object: DraftObject
  /** The text it was sent as, where it was: fields that are there twice are only seen there. */
  readonly text?: string
}

export interface CheckedObject {
  readonly object: DraftObject
  /** For `Warning` headers. */
  readonly warnings: readonly string[]
}

/** What containers have written. */
export interface PodLogs {
  /** The log of one container, to its end or for as long as it grows. Throws a `StatusError`. */
  read(pod: KubeObject, options: PodLogOptions): Promise<string | AsyncIterable<string>>
}

/** Source: Kubernetes API reference, PodLogOptions. */
export interface PodLogOptions {
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** A resource whose objects are made when somebody asks. Methods that are not there are not allowed. All may throw a `StatusError`. */
export interface VirtualResource {
  create?(draft: DraftObject, call: VirtualCall): Promise<DraftObject> | DraftObject
  get?(key: ObjectKey, call: VirtualCall): Promise<KubeObject> | KubeObject
  list?(namespace: string | undefined, call: VirtualCall): Promise<readonly KubeObject[]> | readonly KubeObject[]
}

export interface VirtualCall {
  readonly served: ServedResource
  readonly user: UserInfo
  readonly namespace?: string
  /** The subresource and the object it belongs to: `token` of a ServiceAccount. */
  readonly subresource?: { readonly name: string; readonly of: string }
}
