import type { Namespace } from 'kubernetes-types/core/v1'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'

const defaultAccount = 'default'

/** Sees to it that every active namespace has a ServiceAccount `default`. Source: Kubernetes service accounts controller. */
export class ServiceAccountController implements Controller {
  readonly name = 'service-account-controller'
  readonly watches = [
    { resource: 'namespaces', keysOf: ({ object }: Change) => [object.metadata.name] },
    { resource: 'serviceaccounts', keysOf: deletedNamespaced(defaultAccount) },
  ]
  readonly #client: TwinClient

  constructor(client: TwinClient) {
    this.#client = client
  }

  async reconcile(namespace: string): Promise<Wake | undefined> {
    if (!isActive(this.#client, namespace)) return undefined
    if (this.#client.store.get('serviceaccounts', namespace, defaultAccount) !== undefined) return undefined
    const metadata = { name: defaultAccount, namespace }
    await this.#client.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    return undefined
  }
}

/** Whether new objects may come into a namespace. */
export function isActive({ store }: TwinClient, name: string): boolean {
  const namespace = store.get('namespaces', undefined, name)
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return false
  return as<Namespace>(namespace).status?.phase !== 'Terminating'
}

/** The namespace in which an object of that name has been deleted. */
function deletedNamespaced(name: string): (change: Change) => readonly string[] {
  return ({ kind, object }) => (kind === 'Deleted' && object.metadata.name === name ? [object.metadata.namespace ?? ''] : [])
}
