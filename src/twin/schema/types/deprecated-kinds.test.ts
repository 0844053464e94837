import { describe, expect, it } from 'vitest'
import { deprecationWarning } from './deprecated-kinds.ts'

const budgets = 'policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget'

describe('a kind that will go', () => {
  it.each([
    ['policy/v1beta1', 'PodDisruptionBudget', 20, undefined],
    ['policy/v1beta1', 'PodDisruptionBudget', 21, budgets],
    ['policy/v1beta1', 'PodDisruptionBudget', 24, budgets],
    ['policy/v1', 'PodDisruptionBudget', 24, undefined],
    ['policy/v1beta1', 'PodSecurityPolicy', 21, 'policy/v1beta1 PodSecurityPolicy is deprecated in v1.21+, unavailable in v1.25+'],
    ['extensions/v1beta1', 'Ingress', 18, undefined],
    [
      'extensions/v1beta1',
      'Ingress',
      19,
      'extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress',
    ],
    ['v1', 'ComponentStatus', 20, 'v1 ComponentStatus is deprecated in v1.19+'],
    ['v1', 'Endpoints', 33, 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  ])('%s %s in 1.%d: %s', (apiVersion, kind, minor, warning) => {
    expect(deprecationWarning(apiVersion, kind, minor)).toBe(warning)
  })
})
