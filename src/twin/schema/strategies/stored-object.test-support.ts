import { expect } from 'vitest'
import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { type ResourceType, storedAs } from '../../api/resource-type.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { resourceTypes } from '../types/resource-types.ts'
import { strategyOf } from './strategy-of.ts'

/** The resource of an object, by its group and kind. */
export function typeOf(object: DraftObject): ResourceType {
  const [group = ''] = object.apiVersion?.includes('/') ? object.apiVersion.split('/') : ['']
  const type = resourceTypes(20).find((candidate) => candidate.group === group && candidate.kind === object.kind)
  return type ?? expect.fail(`no resource of ${object.apiVersion} ${object.kind}`)
}

export function strategyFor(object: DraftObject): ResourceStrategy {
  return strategyOf(storedAs(typeOf(object)))
}

/** An object as it is stored when it is created, with the UID `UID`, but for what admission adds. */
export function createdObject(input: DraftObject, minor: number): KubeObject {
  const strategy = strategyFor(input)
  const context = { minor, nowMs: 0 }
  const draft = strategy.defaults?.(input, context) ?? input
  const generation = strategy.countsGeneration === true ? { generation: 1 } : {}
  const object = { ...draft, metadata: { ...draft.metadata, uid: 'UID', ...generation } } as KubeObject
  return strategy.prepare?.(object, undefined, context) ?? object
}
