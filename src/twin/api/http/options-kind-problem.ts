import type { JsonObject } from '../patch/json-object.ts'
import { apiVersionOf, type ResourceCatalog, splitApiVersion } from '../resource-catalog.ts'
import { groupVersionProblem, isRegistered } from './decode-body.ts'

/** What there is beside the kinds of the groups: all that requests have in common. Source: Kubernetes, apimachinery meta/internalversion. */
const optionKinds = new Set(['CreateOptions', 'UpdateOptions'])

/** Where the original looks kinds up, as it says itself. */
const schemes = {
  Object: 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27',
  Collection: 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30',
}

/**
 * Why a body is no DeleteOptions; `undefined` when it is. For one object the body is read by what knows options alone, for a collection by
 * what knows the kinds of all groups. Source: Kubernetes, apiserver endpoints/handlers/delete.go.
 */
export function optionsKindProblem(body: JsonObject, of: 'Object' | 'Collection', catalog: ResourceCatalog): string | undefined {
  const problem = groupVersionProblem(body.apiVersion)
  if (problem !== undefined) return problem
  const { kind, apiVersion } = body
  if (typeof kind !== 'string' || kind === '' || kind === 'DeleteOptions') return undefined
  const [group, version] = splitApiVersion(typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : 'meta.k8s.io/v1')
  if (optionKinds.has(kind) || (of === 'Collection' && isRegistered({ group, version, kind }, catalog))) {
    return `converting (${version}.${kind}) to (v1.DeleteOptions): unknown conversion`
  }
  return `no kind "${kind}" is registered for version "${apiVersionOf(group, version)}" in scheme "${schemes[of]}"`
}
