import { parseQuantity, quantityText } from '../../../core/kubernetes/quantity.ts'
import { changeField, type Fields } from './json-fields.ts'

const nanoPerMilli = 1_000_000n
/** In the server's form already, and not finer than thousandths. */
const settled = /^[1-9]\d{0,2}(?:m|Ki|Mi|Gi|Ti)?$/

function resourceQuantity(text: unknown): unknown {
  if (typeof text === 'string' && settled.test(text)) return text
  const quantity = parseQuantity(text)
  if (quantity === undefined) return text
  const { nano, notation } = quantity
  const rest = nano % nanoPerMilli
  return quantityText(rest <= 0n ? quantity : { nano: nano - rest + nanoPerMilli, notation })
}

/** A map of quantities (not finer than thousandths, rounded up) in the form in which the API server writes them: `0.5` becomes `500m`. */
export function canonicalQuantities(quantities: Fields): Fields {
  let changed: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(quantities)) {
    const canonical = resourceQuantity(value)
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
