import type { AdmissionRequest, AdmissionStep } from '../../api/admission.ts'
import { storedAs } from '../../api/resource-type.ts'
import { StatusError } from '../../api/status-error.ts'

interface FailingWebhook {
  readonly name: string
  /** `pods`, `pods/eviction`; writes of these are refused. */
  readonly resources: readonly string[]
  readonly message: string
}

/** Webhooks with failurePolicy Fail that cannot be called. Source: Kubernetes, Dynamic Admission Control, failure policy. */
export class FailingWebhooks implements AdmissionStep {
  readonly name = 'failing-webhooks'
  readonly #webhooks = new Set<FailingWebhook>()

  /** The returned function makes it work again. */
  add(webhook: FailingWebhook): () => void {
    this.#webhooks.add(webhook)
    return () => this.#webhooks.delete(webhook)
  }

  validate({ type, subresource, operation }: AdmissionRequest): void {
    if (operation !== 'CREATE') return
    const written = subresource === undefined ? storedAs(type) : `${storedAs(type)}/${subresource}`
    for (const { name, resources, message } of this.#webhooks) {
      if (resources.includes(written))
        throw new StatusError(500, 'InternalError', `Internal error occurred: failed calling webhook "${name}": ${message}`)
    }
  }
}
