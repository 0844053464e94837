import { z } from 'zod'
import { selectorProblem } from './label-selector.ts'
import { LabelSelector, LabelSelectorRequirement } from './label-selector-schema.ts'

/** A LabelSelector that is judged when it is read: one with a typo would select other objects in silence, or all of them. */
export const StrictSelector = z
  .strictObject({
    ...LabelSelector.shape,
    matchExpressions: z
      .array(z.strictObject(LabelSelectorRequirement.shape).describe('One condition on a label.'))
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .describe('Requirements that all have to hold.')
      .exactOptional(),
  })
  .superRefine((given, context) => {
    const problem = selectorProblem(given)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `is no selector: ${problem}` })
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' })
