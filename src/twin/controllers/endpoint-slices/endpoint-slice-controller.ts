import type { Node, Pod, Service } from 'kubernetes-types/core/v1'
import type { EndpointSlice } from 'kubernetes-types/discovery/v1'
import { sameJson } from '../../api/same-json.ts'
import { selectorOfLabels } from '../../compiled-selector.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import type { EndpointsOptions } from '../endpoints/endpoints-controller.ts'
import { serviceSelector } from '../endpoints/selected-by-services.ts'
import { isHeadless } from '../endpoints/service-pods.ts'
import { planSlices } from './plan-slices.ts'
import { addressTypes, type SliceGroup, sliceGroups } from './slice-endpoints.ts'

const slices = 'endpointslices.discovery.k8s.io'
const serviceNameLabel = 'kubernetes.io/service-name'
const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
const manager = 'endpointslice-controller.k8s.io'
const headlessLabel = 'service.kubernetes.io/headless'

/** Keeps the EndpointSlices of every Service with a selector, up to 100 endpoints each. Source: Kubernetes endpointslice controller. */
export class EndpointSliceController implements Controller {
  readonly name = 'endpoint-slice-controller'
  readonly watches = [
    { resource: 'services', keysOf: ({ object }: Change) => [nameOf(object)] },
    { resource: 'pods', keysOf: (change: Change) => this.#options.services.wokenBy(change) },
    { resource: slices, keysOf: (change: Change) => (change.kind === 'Added' || this.#isOwn(change) ? [] : serviceNameOf(change.object)) },
  ]
  readonly #client: TwinClient
  readonly #options: EndpointsOptions
  readonly #byService: Index
  /** What this controller has put into slices; the store keeps the very lists that it is given. */
  readonly #written = new WeakSet<object>()

  constructor(client: TwinClient, options: EndpointsOptions) {
    this.#client = client
    this.#options = options
    this.#byService = client.store.index(slices, serviceNameOf)
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace, name } = keyOf(key)
    const object = this.#client.store.get('services', namespace, name)
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined
    const service = as<Service>(object)
    const selector = serviceSelector(service)
    if (selector === undefined || service.spec?.type === 'ExternalName') return undefined
    const pods = this.#options.pods.select(namespace ?? '', selectorOfLabels(selector)).map((pod) => as<Pod>(pod))
    const groups = sliceGroups({ service, pods, minor: this.#options.minor, nodeOf: (node) => this.#node(node) })
    const existing = this.#byService.get(key).map((slice) => as<EndpointSlice>(slice))
    await this.#write(object, groups, existing)
    return undefined
  }

  /** A slice holds what this controller wants it to hold. Source: Kubernetes endpointslice controller, EndpointSliceTracker. */
  #isOwn({ kind, object, previous }: Change): boolean {
    const [{ endpoints, addressType, ports }, before] = [as<EndpointSlice>(object), as<Partial<EndpointSlice>>(previous ?? {})]
    return (
      kind === 'Modified' &&
      endpoints !== undefined &&
      this.#written.has(endpoints) &&
      addressType === before.addressType &&
      sameJson(ports, before.ports) &&
      sameJson(object.metadata.labels, previous?.metadata.labels)
    )
  }

  #node(name: string): Node | undefined {
    const node = this.#client.store.get('nodes', undefined, name)
    return node && as<Node>(node)
  }

  async #write(service: KubeObject, groups: readonly SliceGroup[], existing: readonly EndpointSlice[]): Promise<void> {
    // A Service without endpoints has one empty slice all the same.
    const wanted =
      groups.length > 0 ? groups : addressTypes(as<Service>(service)).map((addressType) => ({ addressType, ports: [], endpoints: [] }))
    const { create, update, remove } = planSlices(wanted, existing)
    const labels = sliceLabels(service)
    const placeholders = groups.length > 0 ? [] : wanted.filter((group) => !existing.some((slice) => isPlaceholder(slice, group)))
    for (const group of [...create, ...placeholders]) await this.#create(service, group)
    const rewritten = new Set(update.map(({ metadata }) => metadata?.name))
    const relabelled = existing.filter((slice) => !rewritten.has(slice.metadata?.name) && !sameJson(slice.metadata?.labels, labels))
    const removed = new Set(remove.map(({ metadata }) => metadata?.name))
    for (const slice of [...update, ...relabelled.filter(({ metadata }) => !removed.has(metadata?.name))]) {
      const current = slice as unknown as KubeObject
      if (slice.endpoints !== undefined) this.#written.add(slice.endpoints)
      const labelled = sameJson(current.metadata.labels, labels)
      await this.#client.update(slices, labelled ? current : { ...current, metadata: { ...current.metadata, labels } })
    }
    for (const { metadata } of remove) await this.#client.delete(slices, { namespace: metadata?.namespace, name: metadata?.name ?? '' })
  }

  async #create(service: KubeObject, group: SliceGroup): Promise<void> {
    const { namespace = '' } = service.metadata
    const terminating = this.#client.store.get('namespaces', undefined, namespace)?.metadata.deletionTimestamp !== undefined
    if (!terminating) await this.#client.create(slices, newSlice(service, group))
  }
}

/** A slice of a Service to come; its name is made by the server. */
export function newSlice(service: KubeObject, { addressType, ports, endpoints }: SliceGroup): DraftObject {
  const { namespace = '', name, uid } = service.metadata
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: `${name}-`, namespace, labels: sliceLabels(service), ownerReferences: [owner] },
    addressType,
    endpoints,
    ports,
  }
}

/** Only of slices that this controller keeps. */
function serviceNameOf({ metadata }: KubeObject): readonly string[] {
  const service = metadata.labels?.[serviceNameLabel]
  return service === undefined || metadata.labels?.[managedByLabel] !== manager ? [] : [`${metadata.namespace ?? ''}/${service}`]
}

function sliceLabels(service: KubeObject): Readonly<Record<string, string>> {
  return {
    ...service.metadata.labels,
    ...(isHeadless(as<Service>(service)) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: manager,
  }
}

function isPlaceholder(slice: EndpointSlice, { addressType }: SliceGroup): boolean {
  return slice.addressType === addressType && (slice.ports ?? []).length === 0
}
