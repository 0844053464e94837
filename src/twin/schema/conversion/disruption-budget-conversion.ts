import type { JsonObject } from '../../api/patch/json-object.ts'
import { sameJson } from '../../api/same-json.ts'
import { type KindConversion, mapPart } from './kind-conversion.ts'

/** How the form in which an empty selector has another meaning writes that meaning. Source: Kubernetes, policy/v1 PodDisruptionBudgetSpec. */
const label = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match'
const empty: JsonObject = {}
const matchNothing: JsonObject = { matchExpressions: [{ key: label, operator: 'Exists' }] }
const matchEverything: JsonObject = { matchExpressions: [{ key: label, operator: 'DoesNotExist' }] }

/** `policy/v1beta1`, in which an empty selector selects nothing; in v1 it selects every pod. */
export const disruptionBudgetV1beta1: KindConversion = {
  toStored: (budget) => replaceSelector(budget, [empty, matchNothing], [matchEverything, empty]),
  toServed: (budget) => replaceSelector(budget, [matchNothing, empty], [empty, matchEverything]),
}

function replaceSelector(budget: JsonObject, ...pairs: readonly (readonly [from: JsonObject, to: JsonObject])[]): JsonObject {
  return mapPart(budget, 'spec', (spec) => {
    const pair = pairs.find(([from]) => sameJson(spec.selector, from))
    return pair === undefined ? spec : { ...spec, selector: pair[1] }
  })
}
