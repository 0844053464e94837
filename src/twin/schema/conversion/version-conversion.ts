import type { JsonObject } from '../../api/patch/json-object.ts'
import { apiVersionOf, type ServedResource } from '../../api/resource-catalog.ts'
import { sameShape, type VersionConversion } from '../../api/version-conversion.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { autoscalerV1, autoscalerV2beta1 } from './autoscaler-conversion.ts'
import { disruptionBudgetV1beta1 } from './disruption-budget-conversion.ts'
import { endpointSliceV1beta1 } from './endpoint-slice-conversion.ts'
import { groupedEvent } from './event-conversion.ts'
import { ingressV1beta1 } from './ingress-conversion.ts'
import type { KindConversion } from './kind-conversion.ts'
import { definitionV1beta1, priorityLevelV1beta2, signingRequestV1beta1, webhookConfigurationV1beta1 } from './small-conversions.ts'
import { oldWorkloads } from './workload-conversion.ts'

/** The versions whose objects do not look as those that are stored, by kind and version. */
const conversions: Readonly<Record<string, KindConversion>> = {
  ...oldWorkloads,
  'CertificateSigningRequest.certificates.k8s.io/v1beta1': signingRequestV1beta1,
  'CustomResourceDefinition.apiextensions.k8s.io/v1beta1': definitionV1beta1,
  'EndpointSlice.discovery.k8s.io/v1beta1': endpointSliceV1beta1,
  'Event.events.k8s.io/v1': groupedEvent,
  'Event.events.k8s.io/v1beta1': groupedEvent,
  'HorizontalPodAutoscaler.autoscaling/v1': autoscalerV1,
  'HorizontalPodAutoscaler.autoscaling/v2beta1': autoscalerV2beta1,
  'Ingress.extensions/v1beta1': ingressV1beta1,
  'Ingress.networking.k8s.io/v1beta1': ingressV1beta1,
  'MutatingWebhookConfiguration.admissionregistration.k8s.io/v1beta1': webhookConfigurationV1beta1,
  'PodDisruptionBudget.policy/v1beta1': disruptionBudgetV1beta1,
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io/v1beta1': priorityLevelV1beta2,
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io/v1beta2': priorityLevelV1beta2,
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io/v1beta1': webhookConfigurationV1beta1,
}

/** How built-in objects look in each version; custom ones look the same in all. Objects that the conversion has made are kept, so that each is made once. */
export const versionConversion: VersionConversion = {
  toServed(object, served) {
    const conversion = conversionOf(served)
    return conversion?.toServed === undefined ? sameShape.toServed(object, served) : convertedOnce(object, served, conversion.toServed)
  },
  toStored(draft, from) {
    const convert = conversionOf(from)?.toStored
    const converted = convert === undefined ? draft : (convert(draft as JsonObject) as DraftObject)
    return sameShape.toStored(converted, from)
  },
}

function conversionOf({ type, version }: ServedResource): KindConversion | undefined {
  const key = `${type.kind}.${apiVersionOf(type.group, version)}`
  return type.custom === undefined && Object.hasOwn(conversions, key) ? conversions[key] : undefined
}

const made = new WeakMap<KubeObject, Map<string, KubeObject>>()

function convertedOnce(object: KubeObject, served: ServedResource, convert: (object: JsonObject) => JsonObject): KubeObject {
  const apiVersion = apiVersionOf(served.type.group, served.version)
  const versions = made.get(object) ?? new Map<string, KubeObject>()
  made.set(object, versions)
  const known = versions.get(apiVersion)
  if (known !== undefined) return known
  const converted = { ...convert(object), apiVersion } as unknown as KubeObject
  versions.set(apiVersion, converted)
  return converted
}
