import type { ClusterAccess, Credentials } from './cluster-access.ts'
import { createDispatchers, type Dispatchers, dispatcherKey } from './dispatchers.ts'

/** The connections of a transport, kept as long as certificates, server name and proxy stay as they are. */
export class Connections {
  readonly #access: ClusterAccess
  readonly #retiring = new Set<Dispatchers>()
  #current: { credentials: Credentials; key: string; dispatchers: Dispatchers } | undefined

  constructor(access: ClusterAccess) {
    this.#access = access
  }

  of(credentials: Credentials): Dispatchers {
    if (this.#current?.credentials === credentials) return this.#current.dispatchers
    const key = dispatcherKey(this.#access, credentials)
    if (this.#current?.key !== key) {
      this.#retire()
      this.#current = { credentials, key, dispatchers: createDispatchers(this.#access, credentials) }
    }
    this.#current.credentials = credentials
    return this.#current.dispatchers
  }

  #retire(): void {
    const dispatchers = this.#current?.dispatchers
    if (dispatchers === undefined) return
    this.#retiring.add(dispatchers)
    const forget = () => this.#retiring.delete(dispatchers)
    void dispatchers.retire().then(forget, forget)
  }

  async close(): Promise<void> {
    const all = [...this.#retiring, ...(this.#current === undefined ? [] : [this.#current.dispatchers])]
    await Promise.all(all.map((dispatchers) => dispatchers.destroy()))
  }
}
