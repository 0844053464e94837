import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { defaultDefinition, prepareDefinition } from './definition-defaults.ts'
import { definitionProblems } from './validate-definition.ts'

/** What CustomResourceDefinitions ask of their writes. */
export const definitionStrategy: ResourceStrategy = {
  countsGeneration: true,
  defaults: defaultDefinition,
  prepare: (next, old, { subresource }) => prepareDefinition(next, old, subresource),
  validate: (next, old, { subresource, version = 'v1' }) => (subresource === 'status' ? [] : definitionProblems(next, old, version)),
}
