import type { EndpointSubset, Endpoints, Pod, Service } from 'kubernetes-types/core/v1'
import { sameJson } from '../../api/same-json.ts'
import { selectorOfLabels } from '../../compiled-selector.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Change } from '../../store/object-store.ts'
import type { ObjectKey, TwinClient } from '../../twin-client.ts'
import type { LabelledObjects } from '../labelled-objects.ts'
import { endpointSubsets } from './endpoint-subsets.ts'
import { type SelectedByServices, serviceSelector } from './selected-by-services.ts'
import { isHeadless } from './service-pods.ts'

const headlessLabel = 'service.kubernetes.io/headless'
const managedByLabel = 'endpoints.kubernetes.io/managed-by'
/** Since then Endpoints say who keeps them. */
const managedByMinor = 33

interface NextEndpoints {
  readonly subsets: readonly EndpointSubset[]
  readonly labels: Readonly<Record<string, string>>
}

export interface EndpointsOptions {
  readonly minor: number
  readonly pods: LabelledObjects
  readonly services: SelectedByServices
}

/** Keeps the Endpoints of every Service with a selector. Source: Kubernetes endpoints controller. */
export class EndpointsController implements Controller {
  readonly name = 'endpoint-controller'
  readonly watches = [
    { resource: 'services', keysOf: ({ object }: Change) => [nameOf(object)] },
    { resource: 'pods', keysOf: (change: Change) => this.#options.services.wokenBy(change) },
    // Somebody else's are left alone, but what is deleted under a Service comes back.
    { resource: 'endpoints', keysOf: ({ kind, object }: Change) => (kind === 'Deleted' ? [nameOf(object)] : []) },
  ]
  readonly #client: TwinClient
  readonly #options: EndpointsOptions

  constructor(client: TwinClient, options: EndpointsOptions) {
    this.#client = client
    this.#options = options
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const at = keyOf(key)
    const service = this.#client.store.get('services', at.namespace, at.name)
    const current = this.#client.store.get('endpoints', at.namespace, at.name)
    if (service === undefined) {
      if (current !== undefined && !isLeaderElection(current)) await this.#client.delete('endpoints', at, { uid: current.metadata.uid })
      return undefined
    }
    const selector = serviceSelector(as<Service>(service))
    if (selector === undefined) return undefined
    const pods = this.#options.pods.select(at.namespace ?? '', selectorOfLabels(selector))
    const subsets = endpointSubsets(
      as<Service>(service),
      pods.map((pod) => as<Pod>(pod)),
      this.#options.minor,
    )
    await this.#write(at, { subsets, labels: endpointsLabels(service, this.#options.minor) }, current)
    return undefined
  }

  async #write(at: ObjectKey, next: NextEndpoints, current: KubeObject | undefined): Promise<void> {
    const { subsets, labels } = next
    if (current === undefined) {
      await this.#createUnlessTerminating(at, next)
      return
    }
    const stored = as<Endpoints>(current).subsets ?? []
    const labelled = sameJson(current.metadata.labels ?? {}, labels)
    if (labelled && sameJson(stored, subsets)) return
    const draft: DraftObject = { ...current, metadata: labelled ? current.metadata : { ...current.metadata, labels }, subsets }
    await this.#client.update('endpoints', draft)
  }

  async #createUnlessTerminating(at: ObjectKey, { subsets, labels }: NextEndpoints): Promise<void> {
    const namespace = this.#client.store.get('namespaces', undefined, at.namespace ?? '')
    if (namespace?.metadata.deletionTimestamp !== undefined) return
    const metadata = { name: at.name, ...(at.namespace === undefined ? {} : { namespace: at.namespace }), labels }
    await this.#client.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets })
  }
}

/** Labels of the Endpoints of a Service. */
export function endpointsLabels(service: KubeObject, minor: number): Readonly<Record<string, string>> {
  return {
    ...service.metadata.labels,
    ...(minor < managedByMinor ? {} : { [managedByLabel]: 'endpoint-controller' }),
    ...(isHeadless(as<Service>(service)) ? { [headlessLabel]: '' } : {}),
  }
}

/** Endpoints in which a component keeps its lock. */
function isLeaderElection({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined
}
