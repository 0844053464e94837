import type { ConfigMap } from 'kubernetes-types/core/v1'
import { sameJson } from '../../api/same-json.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { isActive } from './service-account-controller.ts'

const configMapName = 'kube-root-ca.crt'
/** Since 1.21, with this annotation; before without. */
const describedMinor = 21
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or ' +
  'kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

export interface RootCaOptions {
  readonly minor: number
  /** PEM of the certificate that the API server's is signed with. */
  readonly rootCertificate: string
}

/** Gives every active namespace a ConfigMap with the cluster's CA, from 1.20 on. Source: Kubernetes root CA certificate publisher. */
export class RootCaPublisher implements Controller {
  readonly name = 'root-ca-certificate-publisher'
  readonly watches = [
    { resource: 'namespaces', keysOf: ({ object }: Change) => [object.metadata.name] },
    {
      resource: 'configmaps',
      keysOf: ({ object }: Change) => (object.metadata.name === configMapName ? [object.metadata.namespace ?? ''] : []),
    },
  ]
  readonly #client: TwinClient
  readonly #options: RootCaOptions

  constructor(client: TwinClient, options: RootCaOptions) {
    this.#client = client
    this.#options = options
  }

  async reconcile(namespace: string): Promise<Wake | undefined> {
    if (!isActive(this.#client, namespace)) return undefined
    const data = { 'ca.crt': this.#options.rootCertificate }
    const current = this.#client.store.get('configmaps', namespace, configMapName)
    if (current === undefined) {
      const annotations = this.#options.minor < describedMinor ? {} : { annotations: { 'kubernetes.io/description': description } }
      const metadata = { name: configMapName, namespace, ...annotations }
      await this.#client.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
    } else if (!sameJson(as<ConfigMap>(current).data, data)) {
      await this.#client.update('configmaps', { ...current, data })
    }
    return undefined
  }
}
