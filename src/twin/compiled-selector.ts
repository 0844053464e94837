import { compileSelector, type LabelSelector, selectorRequirements } from '../core/kubernetes/label-selector.ts'

type Labels = Readonly<Record<string, string>>

/** A selector made ready to be asked often. */
export interface CompiledSelector {
  readonly matches: (labels: Labels) => boolean
  /** What has to be equal. */
  readonly equals: readonly { readonly key: string; readonly value: string }[]
}

const compiled = new WeakMap<LabelSelector, CompiledSelector>()
const ofLabels = new WeakMap<Labels, LabelSelector>()

/** Made once for each selector: stored objects never change, so neither do the selectors in them. */
export function compiledSelector(selector: LabelSelector): CompiledSelector {
  const known = compiled.get(selector)
  if (known !== undefined) return known
  const equals = selectorRequirements(selector).flatMap((requirement) => (requirement.kind === 'Equals' ? [requirement] : []))
  const made = { matches: compileSelector(selector), equals }
  compiled.set(selector, made)
  return made
}

/** The selector that asks for these labels: always the same one for the same labels of a stored object. */
export function selectorOfLabels(labels: Labels): LabelSelector {
  const known = ofLabels.get(labels)
  if (known !== undefined) return known
  const selector = { matchLabels: labels }
  ofLabels.set(labels, selector)
  return selector
}
