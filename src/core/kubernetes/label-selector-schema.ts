import { z } from 'zod'

/** A condition of a selector. */
export const LabelSelectorRequirement = z
  .object({
    key: z.string().describe('Label key that the requirement is about.'),
    operator: z.string().describe('One of In, NotIn, Exists and DoesNotExist.'),
    values: z
      .array(z.string())
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .describe('Values to compare with: at least one for In and NotIn, none for Exists and DoesNotExist.')
      .exactOptional(),
  })
  .describe('One condition on a label.')

/**
 * A `meta/v1` LabelSelector: all of its labels and requirements have to hold; an empty one selects everything. Operators and keys are not
 * judged here, as the API server does not judge them either.
 *
 * Source: Kubernetes API reference, LabelSelector.
 */
export const LabelSelector = z
  .object({
    matchExpressions: z
      .array(LabelSelectorRequirement)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .describe('Requirements that all have to hold.')
      .exactOptional(),
    matchLabels: z.record(z.string(), z.string()).describe('Labels that all have to be present with exactly these values.').exactOptional(),
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' })
  .describe('Selects objects by their labels; everything given has to hold, and an empty selector selects all.')
export type LabelSelector = z.infer<typeof LabelSelector>
