import type { Pod } from 'kubernetes-types/core/v1'
import type { ClusterAccess, Credentials } from '../../cluster/cluster-access.ts'
import { createTransport } from '../../cluster/https-transport.ts'
import type { ApiTransport } from '../../cluster/transport.ts'
import type { ContainerApi } from '../machine/effects/container-api.ts'

const tokenSeconds = 3600

/** The API of a real cluster for the containers of joined nodes: each service account with a token of its own. Tokens are kept in memory alone. */
export class ServiceAccountApi {
  readonly #access: ClusterAccess
  readonly #admin: ApiTransport
  readonly #transports = new Map<string, ApiTransport & { close(): Promise<void> }>()

  /** `admin` may create tokens of service accounts (`serviceaccounts/token`) at the server of `access`. */
  constructor(access: ClusterAccess, admin: ApiTransport) {
    this.#access = access
    this.#admin = admin
  }

  readonly of: ContainerApi = ({ metadata, spec }: Pod) => {
    const namespace = metadata?.namespace ?? 'default'
    const account = spec?.serviceAccountName ?? 'default'
    const key = `${namespace}/${account}`
    const known = this.#transports.get(key)
    if (known !== undefined) return known
    const transport = createTransport(this.#accessOf(namespace, account))
    this.#transports.set(key, transport)
    return transport
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()))
    this.#transports.clear()
  }

  #accessOf(namespace: string, account: string): ClusterAccess {
    let current: Promise<Credentials> | undefined
    const fresh = async (): Promise<Credentials> => {
      const { ca } = await this.#access.credentials()
      const token = await this.#token(namespace, account)
      return { headers: { authorization: `Bearer ${token}` }, ...(ca === undefined ? {} : { ca }) }
    }
    const credentials = () => {
      current ??= fresh()
      // a token that could not be had is asked for again by the next request
      current.catch(() => {
        current = undefined
      })
      return current
    }
    const renew = () => {
      current = undefined
      return credentials()
    }
    return { ...this.#access, source: `service account ${namespace}/${account}`, credentials, renew }
  }

  async #token(namespace: string, account: string): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(account)}/token`
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], expirationSeconds: tokenSeconds } }
    const answer = await this.#admin.json<{ status?: { token?: string } }>({ method: 'POST', path, body })
    return answer.status?.token ?? ''
  }
}
