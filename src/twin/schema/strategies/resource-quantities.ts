import { canonicalQuantity } from '../../../core/kubernetes/exact-quantity.ts'
import { changeField, type Fields } from './json-fields.ts'

/** A map of quantities in the form in which the API server writes them: `0.5` becomes `500m`. */
export function canonicalQuantities(quantities: Fields): Fields {
  let changed: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(quantities)) {
    const canonical = canonicalQuantity(value)
    if (canonical === value) continue
    changed ??= { ...quantities }
    changed[name] = canonical
  }
  return changed ?? quantities
}

/** An object whose `resources` has requests and limits (a container, the spec of a claim), with its quantities in the API server's form. */
export function canonicalResources(owner: Fields): Fields {
  return changeField(owner, 'resources', (resources) =>
    changeField(changeField(resources, 'limits', canonicalQuantities), 'requests', canonicalQuantities),
  )
}
