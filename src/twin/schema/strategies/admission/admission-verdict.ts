import type { AdmissionRequest, AdmissionStep } from '../../../api/admission.ts'
import { concernsResource } from '../../../api/admission-plan.ts'
import { groupResource, StatusError } from '../../../api/status-error.ts'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'

/** What admission reads beside the object; an `ObjectStore` is one. */
export interface ObjectReader {
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined
  list(resource: string, namespace?: string): readonly KubeObject[]
}

/** What an admission plugin makes of an object: the same or another, or a refusal in the words of the API server. */
export type AdmissionVerdict =
  | { readonly kind: 'Admitted'; readonly object: DraftObject }
  | { readonly kind: 'Refused'; readonly why: string }
  /** Not now: the client is to try again. */
  | { readonly kind: 'Retry'; readonly why: string }

export function admitted(object: DraftObject): AdmissionVerdict {
  return { kind: 'Admitted', object }
}

export function refused(why: string): AdmissionVerdict {
  return { kind: 'Refused', why }
}

export interface PluginRule {
  readonly name: string
  /** As the store names it. */
  readonly resource: string
  readonly operations: readonly AdmissionRequest['operation'][]
  decide(object: DraftObject, request: AdmissionRequest): AdmissionVerdict
}

/** A plugin that changes objects. Subresources are none of its business. */
export function mutatingStep(rule: PluginRule): AdmissionStep {
  const concerns = concernsResource(rule.resource, rule.operations)
  return { name: rule.name, concerns, mutate: (request) => (concerns(request) ? carriedOut(rule, request) : request.object) }
}

/** A plugin that looks at objects when all others have changed them. */
export function validatingStep(rule: PluginRule): AdmissionStep {
  const concerns = concernsResource(rule.resource, rule.operations)
  return {
    name: rule.name,
    concerns,
    validate(request) {
      if (concerns(request)) carriedOut(rule, request)
    },
  }
}

function carriedOut(rule: PluginRule, request: AdmissionRequest): DraftObject | undefined {
  if (request.object === undefined) return undefined
  const verdict = rule.decide(request.object, request)
  switch (verdict.kind) {
    case 'Admitted':
      return verdict.object
    case 'Refused':
      throw forbidden(request, verdict.why)
    case 'Retry':
      throw new StatusError(500, 'ServerTimeout', verdict.why, { ...detailsOf(request), retryAfterSeconds: 1 })
  }
}

function forbidden(request: AdmissionRequest, why: string): StatusError {
  const { type } = request
  const { name } = detailsOf(request)
  return new StatusError(403, 'Forbidden', `${groupResource(type.group, type.plural)} "${name}" is forbidden: ${why}`, detailsOf(request))
}

/** An object that will get a name of its own is named by the beginning of it. */
function detailsOf({ type, name, object }: AdmissionRequest) {
  const known = name || object?.metadata?.name || object?.metadata?.generateName || 'Unknown'
  return { name: known, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural }
}
