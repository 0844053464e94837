import type { Secret, ServiceAccount } from 'kubernetes-types/core/v1'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { isActive } from './service-account-controller.ts'

const tokenType = 'kubernetes.io/service-account-token'
const nameAnnotation = 'kubernetes.io/service-account.name'
const uidAnnotation = 'kubernetes.io/service-account.uid'
/** Since then a ServiceAccount gets no Secret by itself. Source: KEP-2799. */
const withoutSecretsMinor = 24

/** Who a token speaks for. */
export interface TokenSubject {
  readonly namespace: string
  readonly serviceAccount: string
  readonly uid: string
  readonly secret: string
}

export interface TokenOptions {
  readonly minor: number
  /** PEM; left out of the Secrets when it is missing. */
  readonly rootCertificate?: string | undefined
  /** Makes the token of a Secret. */
  readonly tokenFor: (subject: TokenSubject) => string
}

/**
 * Fills Secrets of type service-account-token, takes away those of ServiceAccounts that are gone and, before 1.24, gives every ServiceAccount one.
 * Source: Kubernetes tokens controller.
 */
export class TokenController implements Controller {
  readonly name = 'token-controller'
  readonly watches = [
    { resource: 'serviceaccounts', keysOf: ({ object }: Change) => [nameOf(object)] },
    { resource: 'secrets', keysOf: ({ object }: Change) => accountOf(object) },
  ]
  readonly #client: TwinClient
  readonly #options: TokenOptions
  readonly #secrets: Index

  constructor(client: TwinClient, options: TokenOptions) {
    this.#client = client
    this.#options = options
    this.#secrets = client.store.index('secrets', accountOf)
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace = '', name } = keyOf(key)
    const account = this.#client.store.get('serviceaccounts', namespace, name)
    for (const secret of this.#secrets.get(key)) await this.#settle(secret, account)
    if (account === undefined || account.metadata.deletionTimestamp !== undefined) return undefined
    if (this.#options.minor >= withoutSecretsMinor || !isActive(this.#client, namespace)) return undefined
    const named = as<ServiceAccount>(account).secrets?.map((reference) => reference.name) ?? []
    const own = this.#secrets.get(key).find((secret) => secret.metadata.annotations?.[uidAnnotation] === account.metadata.uid)
    if (own !== undefined && named.includes(own.metadata.name)) return undefined
    const secret = own ?? (await this.#createSecret(account))
    const { secrets = [] } = as<ServiceAccount>(account)
    await this.#client.update('serviceaccounts', { ...account, secrets: [...secrets, { name: secret.metadata.name }] })
    return undefined
  }

  async #settle(secret: KubeObject, account: KubeObject | undefined): Promise<void> {
    const { annotations = {}, namespace, name, uid } = secret.metadata
    const wantedUid = annotations[uidAnnotation]
    if (account === undefined || (wantedUid !== undefined && wantedUid !== account.metadata.uid)) {
      await this.#client.delete('secrets', { namespace, name }, { uid })
      return
    }
    const { data = {} } = as<Secret>(secret)
    if (data.token !== undefined && wantedUid !== undefined) return
    const metadata = { ...secret.metadata, annotations: { ...annotations, [uidAnnotation]: account.metadata.uid } }
    await this.#client.update('secrets', { ...secret, metadata, data: { ...data, ...this.#data(account, name) } })
  }

  /** Named before it is written: the token speaks of its Secret. */
  async #createSecret(account: KubeObject): Promise<KubeObject> {
    const { namespace = '', name, uid } = account.metadata
    const annotations = { [nameAnnotation]: name, [uidAnnotation]: uid }
    const metadata = { generateName: `${name}-token-`, namespace, annotations }
    const created = await this.#client.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata, type: tokenType, data: {} })
    return this.#client.update('secrets', { ...created, data: this.#data(account, created.metadata.name) })
  }

  #data(account: KubeObject, secret: string): Readonly<Record<string, string>> {
    const { namespace = '', name, uid } = account.metadata
    const { rootCertificate, tokenFor } = this.#options
    return {
      ...(rootCertificate === undefined ? {} : { 'ca.crt': base64(rootCertificate) }),
      namespace: base64(namespace),
      token: base64(tokenFor({ namespace, serviceAccount: name, uid, secret })),
    }
  }
}

/** `namespace/name` of the ServiceAccount whose token a Secret holds. */
function accountOf(object: KubeObject): readonly string[] {
  const { type } = as<Secret>(object)
  const account = object.metadata.annotations?.[nameAnnotation]
  return type !== tokenType || account === undefined ? [] : [`${object.metadata.namespace ?? ''}/${account}`]
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
