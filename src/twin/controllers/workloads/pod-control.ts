import { StatusError } from '../../api/status-error.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { TwinClient } from '../../twin-client.ts'

/** Creates and deletes pods for an owner, and says so in events, as the controllers of Kubernetes do it. */
export class PodControl {
  readonly #client: TwinClient
  readonly #component: string

  constructor(client: TwinClient, component: string) {
    this.#client = client
    this.#component = component
  }

  /** Throws what the server refuses with; in a namespace that is being deleted nothing is created and nothing thrown. */
  async create(owner: KubeObject, pod: DraftObject): Promise<KubeObject | undefined> {
    try {
      const created = await this.#client.create('pods', pod)
      await this.#event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`)
      return created
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined
      await this.#event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
      throw error
    }
  }

  async delete(owner: KubeObject, pod: KubeObject): Promise<void> {
    const { namespace, name } = pod.metadata
    try {
      await this.#client.delete('pods', { namespace, name })
    } catch (error) {
      await this.#event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`)
      throw error
    }
    await this.#event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
  }

  async #event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Promise<void> {
    await this.#client.event({ about, type, reason, message, component: this.#component })
  }
}

/** Whether the server refuses because the namespace is on its way out: trying again is of no use. */
export function isNamespaceTerminating(error: unknown): boolean {
  return error instanceof StatusError && (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export function isStatus(error: unknown, code: number): boolean {
  return error instanceof StatusError && error.code === code
}
