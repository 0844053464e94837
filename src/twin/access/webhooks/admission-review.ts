import { z } from 'zod'
import type { AdmissionRequest } from '../../api/admission.ts'
import type { JsonObject } from '../../api/patch/json-object.ts'
import { splitApiVersion } from '../../api/resource-catalog.ts'
import type { Status } from '../../api/status-error.ts'
import type { DraftObject } from '../../kube-object.ts'
import type { ResourceName } from './webhook-match.ts'

export type ReviewVersion = 'v1' | 'v1beta1'

export interface ReviewFacts {
  readonly uid: string
  readonly version: ReviewVersion
  readonly request: AdmissionRequest
  /** As the webhook asked to be told of it. */
  readonly matched: ResourceName & { readonly kind: string }
  /** In the version of `matched`. */
  readonly object: DraftObject | undefined
  readonly oldObject: DraftObject | undefined
}

/** What is posted to a webhook. Source: Kubernetes API reference, AdmissionReview v1. */
export function admissionReview({ uid, version, request, matched, object, oldObject }: ReviewFacts): JsonObject {
  const { type, subresource, namespace, name, operation, user, dryRun, options } = request
  const own = subresource === undefined ? undefined : ownKind(object ?? oldObject, type.kind)
  const requested = own ?? { group: type.group, version: request.version, kind: type.kind }
  const known = name || object?.metadata?.name
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid,
      kind: own ?? { group: matched.group, version: matched.version, kind: matched.kind },
      resource: { group: matched.group, version: matched.version, resource: matched.plural },
      ...(subresource === undefined ? {} : { subResource: subresource }),
      requestKind: requested,
      requestResource: { group: type.group, version: request.version, resource: type.plural },
      ...(subresource === undefined ? {} : { requestSubResource: subresource }),
      ...(known ? { name: known } : {}),
      ...(namespace === undefined ? {} : { namespace }),
      operation,
      userInfo: user,
      object: object ?? null,
      oldObject: oldObject ?? null,
      dryRun,
      options: Object.keys(options).length === 0 ? null : options,
    },
  }
}

/** Some subresources take another kind: an Eviction. */
function ownKind(object: DraftObject | undefined, kind: string) {
  if (object?.kind === undefined || object.kind === kind) return undefined
  const [group, version] = splitApiVersion(object.apiVersion ?? '')
  return { group, version, kind: object.kind }
}

/** What a webhook has said; nothing is trusted. */
export const AdmissionAnswer = z.looseObject({
  uid: z.string().optional(),
  allowed: z.boolean().default(false),
  status: z
    .looseObject({
      status: z.string().optional(),
      message: z.string().optional(),
      reason: z.string().optional(),
      code: z.number().int().optional(),
      details: z.custom<NonNullable<Status['details']>>((value) => typeof value === 'object' && value !== null).optional(),
    })
    .optional(),
  patch: z.string().optional(),
  patchType: z.string().optional(),
  warnings: z.array(z.string()).optional(),
})
export type AdmissionAnswer = z.infer<typeof AdmissionAnswer>

/** The answer in a review, or what is wrong with it. `text` is what came, `version` and `uid` what was asked. */
export function readAnswer(review: unknown, { version, uid }: { version: ReviewVersion; uid: string }): AdmissionAnswer | string {
  const { kind, apiVersion, response } = (typeof review === 'object' && review !== null ? review : {}) as Record<string, unknown>
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return "Object 'Kind' is missing in the answer"
  if (kind !== 'AdmissionReview') return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`
  if (response === undefined || response === null) return 'webhook response was absent'
  const answer = AdmissionAnswer.safeParse(response)
  if (!answer.success) return `the webhook's response cannot be read: ${z.prettifyError(answer.error)}`
  return problemOf(answer.data, { version, uid, apiVersion }) ?? answer.data
}

interface Asked {
  readonly version: ReviewVersion
  readonly uid: string
  readonly apiVersion: string
}

/** The first version was less strict. */
function problemOf({ uid, patch, patchType }: AdmissionAnswer, asked: Asked): string | undefined {
  if (asked.version === 'v1beta1') return undefined
  if (asked.apiVersion !== 'admission.k8s.io/v1') {
    return `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${asked.apiVersion}, Kind=AdmissionReview`
  }
  if (uid !== asked.uid) return `expected response.uid=${JSON.stringify(asked.uid)}, got ${JSON.stringify(uid ?? '')}`
  if (patch === undefined) return undefined
  if (patchType === undefined) return 'webhook returned response.patch but not response.patchType'
  return patchType === 'JSONPatch' ? undefined : `invalid value of response.patchType: ${JSON.stringify(patchType)}`
}
