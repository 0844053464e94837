import type { JsonObject } from '../../api/patch/json-object.ts'
import { definitionSpecToV1, definitionSpecToV1beta1 } from '../custom/definition-conversion.ts'
import { fillIn, type KindConversion, mapPart, mapParts, renameFields } from './kind-conversion.ts'

/** `apiextensions.k8s.io/v1beta1`. */
export const definitionV1beta1: KindConversion = {
  toStored: (definition) => mapPart(definition, 'spec', definitionSpecToV1),
  toServed: (definition) => mapPart(definition, 'spec', definitionSpecToV1beta1),
}

/** `admissionregistration.k8s.io/v1beta1`: the form of v1 with milder defaults. Source: Kubernetes deprecation guide, 1.22. */
export const webhookConfigurationV1beta1: KindConversion = {
  toStored: (configuration) =>
    mapParts(configuration, 'webhooks', (webhook) =>
      fillIn(webhook, {
        failurePolicy: 'Ignore',
        matchPolicy: 'Exact',
        sideEffects: 'Unknown',
        timeoutSeconds: 30,
        admissionReviewVersions: ['v1beta1'],
      }),
    ),
}

/** `certificates.k8s.io/v1beta1`, in which the signer may be left out. */
export const signingRequestV1beta1: KindConversion = {
  toStored: (request) =>
    mapPart(request, 'spec', (spec) =>
      fillIn(spec, { signerName: 'kubernetes.io/legacy-unknown', usages: ['digital signature', 'key encipherment'] }),
    ),
}

/** `flowcontrol.apiserver.k8s.io/v1beta1` and `v1beta2`: shares have an older name. */
export const priorityLevelV1beta2: KindConversion = {
  toStored: (level) => mapShares(level, { assuredConcurrencyShares: 'nominalConcurrencyShares' }),
  toServed: (level) => mapShares(level, { nominalConcurrencyShares: 'assuredConcurrencyShares' }),
}

function mapShares(level: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return mapPart(level, 'spec', (spec) => mapPart(spec, 'limited', (limited) => renameFields(limited, names)))
}
