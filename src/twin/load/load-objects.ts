import type { Node } from 'kubernetes-types/core/v1'
import { nearestText } from '../../core/nearest-text.ts'
import { splitApiVersion } from '../api/resource-catalog.ts'
import { type ResourceType, storedAs } from '../api/resource-type.ts'
import { StatusError } from '../api/status-error.ts'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'
import { newMachine } from '../machine/new-machine.ts'
import { versionConversion } from '../schema/conversion/version-conversion.ts'
import { customResourceType } from '../schema/custom/custom-resource-type.ts'
import type { Twin } from '../twin.ts'
import { inCreationOrder } from './creation-order.ts'

/** An object that is not in the cluster, and why. */
export interface LeftOut {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly why: string
}

export interface LoadResult {
  /** Objects taken over as they were, with their UIDs, times and status. */
  readonly adopted: number
  /** Objects without a UID, created by way of the API. */
  readonly created: number
  readonly leftOut: readonly LeftOut[]
}

/**
 * Puts objects into a twin. What has a UID comes from a cluster and is taken as it is, before the start: its pods run,
 * its nodes are there. What has none is what somebody would apply: it goes through the API, with defaults, validation and admission; a Node becomes a machine.
 * Pods without a UID need the service accounts of a twin that runs: load them after its start.
 */
export async function loadObjects(twin: Twin, objects: Iterable<DraftObject>): Promise<LoadResult> {
  const leftOut: LeftOut[] = []
  const wanted: DraftObject[] = []
  let adopted = 0
  const own = ownObjects(twin)
  for (const object of definitionsFirst(objects)) {
    const type = typeOf(twin, object)
    if (!object.metadata?.uid) wanted.push(object)
    else if (type === undefined) leftOut.push(unknownKind(twin, object))
    else {
      giveWay(twin, own.get(object.metadata.uid), { type, object })
      adopt(twin, type, object)
      adopted += 1
    }
  }
  adoptNodes(twin)
  let created = 0
  for (const object of inCreationOrder(wanted)) {
    const problem = await create(twin, object)
    if (problem === undefined) created += 1
    else leftOut.push(problem)
  }
  return { adopted, created, leftOut }
}

/** The type by group and kind, in whichever version the object speaks: a snapshot may be newer or older than the server. */
function typeOf({ api: { catalog } }: Twin, { apiVersion = '', kind = '' }: DraftObject): ResourceType | undefined {
  const served = catalog.ofKind(apiVersion, kind)
  if (served !== undefined) return served.type
  const [group, version] = splitApiVersion(apiVersion)
  return catalog.types().find((type) => type.group === group && type.kind === kind && type.versions.some((one) => one.version === version))
}

function adopt({ api }: Twin, type: ResourceType, object: DraftObject): void {
  const [, version] = splitApiVersion(object.apiVersion ?? '')
  const stored = versionConversion.toStored(object, { type, version })
  const { managedFields: _managed, ...metadata } = stored.metadata as KubeObject['metadata']
  const adopted = as<KubeObject>({ ...stored, kind: type.kind, metadata: { ...metadata, resourceVersion: '' } })
  api.registry.adopt(type, adopted)
  if (type.kind !== 'CustomResourceDefinition') return
  // its own controller does the same a little later; the objects of the kind come now
  const custom = customResourceType(adopted)
  if (custom !== undefined) api.catalog.add(custom)
}

/** What a twin begins with, by UID. */
function ownObjects({ api: { catalog, registry } }: Twin): ReadonlyMap<string, OwnObject> {
  const own = new Map<string, OwnObject>()
  for (const type of catalog.types()) {
    for (const { metadata } of registry.store.list(storedAs(type))) own.set(metadata.uid, { type, key: metadata })
  }
  return own
}

interface OwnObject {
  readonly type: ResourceType
  readonly key: KubeObject['metadata']
}

/** A twin of the same seed may have given the UID to something else: what comes from a cluster keeps its own, as others refer to it. */
function giveWay(
  { api: { registry } }: Twin,
  own: OwnObject | undefined,
  { type, object: { metadata } }: { readonly type: ResourceType; readonly object: DraftObject },
): void {
  if (own === undefined) return
  const { namespace, name, uid } = own.key
  if (own.type === type && name === metadata?.name && namespace === metadata.namespace) return
  if (registry.store.get(storedAs(own.type), namespace, name)?.metadata.uid === uid) registry.renewUid(own.type, { namespace, name })
}

/** What makes kinds known comes before the objects of those kinds. */
function definitionsFirst(objects: Iterable<DraftObject>): readonly DraftObject[] {
  const all = [...objects]
  const isDefinition = ({ kind }: DraftObject) => kind === 'CustomResourceDefinition'
  if (!all.some(isDefinition)) return all
  return [...all.filter(isDefinition), ...all.filter((object) => !isDefinition(object))]
}

function adoptNodes({ api, fleet }: Twin): void {
  const known = new Set(fleet.nodeNames)
  for (const node of api.registry.store.list('nodes')) if (!known.has(node.metadata.name)) fleet.adoptNode(as<Node>(node))
}

async function create(twin: Twin, draft: DraftObject): Promise<LeftOut | undefined> {
  const type = typeOf(twin, draft)
  if (type === undefined) return unknownKind(twin, draft)
  const { resourceVersion: _version, ...rest } = draft.metadata ?? {}
  const metadata = type.namespaced ? { namespace: 'default', ...rest } : rest
  const [, version] = splitApiVersion(draft.apiVersion ?? '')
  try {
    if (type.kind === 'Node' && type.group === '') await addMachine(twin, draft)
    else await twin.api.client.create(storedAs(type), versionConversion.toStored({ ...draft, metadata }, { type, version }))
    return undefined
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return left(draft, error.message)
  }
}

async function addMachine({ api, fleet }: Twin, draft: DraftObject): Promise<void> {
  const { metadata = {}, spec, status } = as<Node>(draft)
  const version = status?.nodeInfo?.kubeletVersion ?? fleet.controlPlane.lowestVersion() ?? `v1.${api.catalog.minor}.0`
  const { name = '', labels = {} } = metadata
  const isServer = 'node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels
  await fleet.addNode(
    newMachine({
      name,
      version,
      labels,
      bootId: `boot-of-${name}`,
      role: isServer ? 'Server' : 'Agent',
      taints: spec?.taints ?? [],
      ...(status?.capacity === undefined ? {} : { capacity: status.capacity }),
    }),
  )
}

function unknownKind({ api }: Twin, object: DraftObject): LeftOut {
  const { apiVersion = '', kind = '' } = object
  const kinds = api.catalog.types().map((type) => type.kind)
  const near = nearestText(kind, kinds)
  const hint = near === undefined || near === kind ? '' : `; is it a ${near}?`
  return left(object, `the server does not know ${kind || 'an object without kind'} of ${apiVersion || 'no apiVersion'}${hint}`)
}

function left({ kind = '', metadata }: DraftObject, why: string): LeftOut {
  const { namespace, name = metadata?.generateName ?? '' } = metadata ?? {}
  return { kind, name, why, ...(namespace === undefined ? {} : { namespace }) }
}
