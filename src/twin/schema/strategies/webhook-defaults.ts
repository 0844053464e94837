import type { DraftObject } from '../../kube-object.ts'
import { changeAt, changeItems, type Fields, fill } from './json-fields.ts'

/** Source: Kubernetes API reference, ValidatingWebhookConfiguration v1. */
export function validatingWebhookDefaults(draft: DraftObject): DraftObject {
  return changeItems(draft, 'webhooks', webhookDefaults)
}

/** Source: Kubernetes API reference, MutatingWebhookConfiguration v1. */
export function mutatingWebhookDefaults(draft: DraftObject): DraftObject {
  return changeItems(draft, 'webhooks', (webhook) => fill(webhookDefaults(webhook), { reinvocationPolicy: 'Never' }))
}

function webhookDefaults(webhook: Fields): Fields {
  const always = { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 }
  const filled = changeItems(fill(webhook, always), 'rules', (rule) => fill(rule, { scope: '*' }))
  return changeAt(filled, ['clientConfig', 'service'], (service) => fill(service, { port: 443 }))
}
