import type { MutatingWebhook, ValidatingWebhook } from 'kubernetes-types/admissionregistration/v1'
import { as } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'

export type WebhookKind = 'Mutating' | 'Validating'

/** One webhook of a configuration. Source: Kubernetes API reference, MutatingWebhookConfiguration v1. */
export interface Webhook {
  /** Of the configuration and the webhook's place in it. */
  readonly key: string
  readonly name: string
  readonly spec: ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>
}

const group = 'admissionregistration.k8s.io'

const resources: Readonly<Record<WebhookKind, string>> = {
  Mutating: `mutatingwebhookconfigurations.${group}`,
  Validating: `validatingwebhookconfigurations.${group}`,
}
const none: readonly Webhook[] = []

export function configurationsOf(kind: WebhookKind): string {
  return resources[kind]
}

/** All of a kind, in the order in which they are called: by the name of their configuration. */
export function webhooksOf(store: ObjectStore, kind: WebhookKind): readonly Webhook[] {
  const resource = resources[kind]
  // asked at every write, and mostly there are none
  if (store.count(resource) === 0) return none
  return store.list(resource).flatMap((configuration) => {
    const { webhooks = [] } = as<{ webhooks?: readonly ValidatingWebhook[] }>(configuration)
    return webhooks.map((spec, index) => ({ key: `${configuration.metadata.name}/${index}`, name: spec.name, spec }))
  })
}
