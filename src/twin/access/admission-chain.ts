import type { Clock } from '../../cluster/clock.ts'
import type { AdmissionRequest, AdmissionStep } from '../api/admission.ts'
import { customStrategy } from '../api/definitions/custom-strategy.ts'
import type { ResourceCatalog } from '../api/resource-catalog.ts'
import { storedAs } from '../api/resource-type.ts'
import type { DraftObject } from '../kube-object.ts'
import { versionConversion } from '../schema/conversion/version-conversion.ts'
import { strategyOf } from '../schema/strategies/strategy-of.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { podSecurityAdmission } from './pod-security/pod-security-admission.ts'
import { quotaAdmission } from './quota/quota-admission.ts'
import { WebhookAdmission } from './webhooks/webhook-admission.ts'
import { type AnsweringServices, storedServices } from './webhooks/webhook-target.ts'

export interface AdmissionChainOptions {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly random: () => number
  /** Asked when the first request comes. */
  readonly catalog: () => ResourceCatalog
  /** Come before the webhooks, and look again at what these have changed. */
  readonly plugins: readonly AdmissionStep[]
  /** Come after the webhooks and before the quotas. */
  readonly last: readonly AdmissionStep[]
  /** Services whose webhooks really answer; of all others it is only known whether they can be reached. */
  readonly webhooks?: AnsweringServices
}

/** All admission of an API server, in its order. Source: Kubernetes, Admission Controllers. */
export function admissionChain({ plugins, last, webhooks = {}, ...ports }: AdmissionChainOptions): readonly AdmissionStep[] {
  const asked = new WebhookAdmission({
    ...ports,
    plugins,
    conversion: versionConversion,
    resolve: storedServices(ports.store, webhooks),
    defaults: (draft, request) => defaulted(draft, request, ports),
  })
  const podSecurity = podSecurityAdmission(ports.store, () => ports.catalog().minor)
  return [...plugins, ...asked.steps, ...last, podSecurity, quotaAdmission(ports.store, () => ports.catalog().minor)]
}

function defaulted(
  draft: DraftObject,
  { type, version, subresource }: AdmissionRequest,
  { clock, catalog }: Pick<AdmissionChainOptions, 'clock' | 'catalog'>,
): DraftObject {
  const { defaults } = type.custom === undefined ? strategyOf(storedAs(type)) : customStrategy(type)
  const context = { minor: catalog().minor, nowMs: clock.now(), version, ...(subresource === undefined ? {} : { subresource }) }
  return defaults?.(draft, context) ?? draft
}
