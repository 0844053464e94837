import type { Clock } from '../../cluster/clock.ts'
import { ControlLoop } from '../control-loop/control-loop.ts'
import { versionConversion } from '../schema/conversion/version-conversion.ts'
import { fieldCheckOf } from '../schema/decode/field-check.ts'
import { strategyOf } from '../schema/strategies/strategy-of.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { AdmissionStep } from './admission.ts'
import { customStrategy } from './definitions/custom-strategy.ts'
import { DefinitionController } from './definitions/definition-controller.ts'
import { definitionLifecycle } from './definitions/definition-lifecycle.ts'
import { discoveryAnswer } from './discovery/discovery-answer.ts'
import { expireEvents } from './event-expiry.ts'
import { type AccessControl, openAccess } from './http/access.ts'
import { fieldManagementOf } from './http/field-management.ts'
import { noFaults, type RequestFaults } from './http/request-faults.ts'
import type { DocumentSource, PodLogs, ServerParts } from './http/server-parts.ts'
import { type DefectListener, TwinServer } from './http/twin-server.ts'
import { Snapshots } from './list/snapshots.ts'
import { mergeSchemas } from './merge-schemas.ts'
import { openApiDocumentSource } from './openapi/open-api-document-source.ts'
import type { Describe } from './openapi/open-api-schema.ts'
import { Registry } from './registry.ts'
import { RegistryClient } from './registry-client.ts'
import { ResourceCatalog } from './resource-catalog.ts'
import { storedAs } from './resource-type.ts'
import { WatchHub } from './watch/watch-hub.ts'

/** What an API server is given; what is left out (access, faults, logs) does nothing. */
export interface TwinApiOptions {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly random: () => number
  /** Which release it is: `v1.20.2`, `v1.32.1+k3s1`. */
  readonly gitVersion: string
  readonly admission?: readonly AdmissionStep[]
  readonly access?: AccessControl
  readonly faults?: RequestFaults
  readonly logs?: PodLogs
  readonly virtual?: ServerParts['virtual']
  /** What types and fields are in words, for `kubectl explain`; nothing unless told. */
  readonly describe?: Describe
  readonly onDefect?: DefectListener
}

/** An API server and what stands on it. */
export interface TwinApi {
  readonly server: TwinServer
  readonly client: RegistryClient
  readonly registry: Registry
  readonly catalog: ResourceCatalog
  readonly hub: WatchHub
  /** Serves another release from now on; a RangeError for what is no version of Kubernetes 1. */
  serveRelease(gitVersion: string): void
  /** Ends its watches and everything that it does by itself; the objects stay as they are. */
  close(): void
}

/** Puts an API server together over a store. */
export function createTwinApi(options: TwinApiOptions): TwinApi {
  const { store, clock, random, gitVersion } = options
  const minor = minorOf(gitVersion)
  const catalog = new ResourceCatalog(minor, resourceTypes(minor))
  const registry = new Registry({
    store,
    catalog,
    clock,
    random,
    strategyOf: (type) => (type.custom === undefined ? strategyOf(storedAs(type)) : customStrategy(type)),
    admission: [definitionLifecycle(store), ...(options.admission ?? [])],
  })
  const hub = new WatchHub(store, clock)
  const parts: ServerParts = {
    registry,
    catalog,
    clock,
    random,
    hub,
    snapshots: new Snapshots(store),
    podsByNode: store.index('pods', ({ spec }) => [(spec as { readonly nodeName?: string } | undefined)?.nodeName ?? '']),
    ...releaseParts(gitVersion, catalog),
    conversion: versionConversion,
    access: options.access ?? openAccess,
    faults: options.faults ?? noFaults,
    logs: options.logs ?? { read: async () => '' },
    virtual: options.virtual ?? (() => undefined),
    documents: [discovery, openApiDocumentSource(options.describe)],
  }
  const endOwnWork = beginOwnWork(registry, hub)
  return {
    server: new TwinServer(parts, options.onDefect),
    client: new RegistryClient(registry),
    registry,
    catalog,
    hub,
    serveRelease: (next) => {
      const nextMinor = minorOf(next)
      if (nextMinor !== catalog.minor) catalog.serve(nextMinor, resourceTypes(nextMinor))
      Object.assign(parts, releaseParts(next, catalog))
    },
    close: () => {
      endOwnWork()
      hub.breakAll()
    },
  }
}

/** What an API server does without being asked; the returned function ends it. */
function beginOwnWork(registry: Registry, hub: WatchHub): () => void {
  const { store, clock } = registry
  const endExpiry = expireEvents(store, clock)
  const definitions = new ControlLoop(new DefinitionController(registry, hub), { store, clock })
  definitions.start()
  return () => {
    endExpiry()
    definitions.stop()
  }
}

/** What of a server depends on its release, beside the resources it serves. */
function releaseParts(
  gitVersion: string,
  catalog: ResourceCatalog,
): Pick<ServerParts, 'gitVersion' | 'mergeSchema' | 'checkFields' | 'fields'> {
  const minor = minorOf(gitVersion)
  const mergeSchema = mergeSchemas(minor)
  const ofKind = (apiVersion: string, kind: string) => catalog.ofKind(apiVersion, kind)
  return {
    gitVersion,
    mergeSchema,
    checkFields: fieldCheckOf(minor),
    fields: fieldManagementOf({ minor, schemaOf: mergeSchema, conversion: versionConversion, ofKind }),
  }
}

const discovery: DocumentSource = ({ method, path, headers }, { catalog }) => {
  if (method !== 'GET') return undefined
  const source = { types: catalog.types(), minor: catalog.minor, serverAddress: headers.host ?? 'localhost' }
  const answer = discoveryAnswer(source, path, headers.accept)
  if (answer === undefined) return undefined
  return {
    kind: 'Bytes',
    status: 200,
    headers: { 'content-type': answer.contentType },
    body: JSON.stringify(answer.document),
  }
}

/** The minor of Kubernetes 1 that a version belongs to; a RangeError for what is none. */
export function minorOf(gitVersion: string): number {
  const minor = /^v1\.(\d+)/.exec(gitVersion)?.[1]
  if (minor === undefined) throw new RangeError(`${gitVersion} is no version of Kubernetes 1, such as v1.32.1`)
  return Number(minor)
}
