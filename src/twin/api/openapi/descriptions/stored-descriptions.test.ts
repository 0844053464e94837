import { expect, it } from 'vitest'
import { describeTypes } from './describe-types.ts'
import { packageDescriptions, storedDescriptions } from './stored-descriptions.ts'

const describe = storedDescriptions()

it.each([
  { struct: 'core/v1.Pod', begins: 'Pod is a collection of containers' },
  { struct: 'core/v1.PodSpec', field: 'nodeName', begins: 'NodeName' },
  { struct: 'meta/v1.ObjectMeta', field: 'labels', begins: 'Map of string keys and values' },
  { struct: 'apps/v1beta1.Deployment', begins: 'Deployment enables declarative updates' },
  { struct: 'extensions/v1beta1.DaemonSet', begins: 'DaemonSet represents the configuration' },
])('$struct $field is described: $begins …', ({ struct, field, begins }) => {
  expect(describe(struct, field)?.toLowerCase().startsWith(begins.toLowerCase())).toBe(true)
})

it.each([{ struct: 'core/v1.Nothing' }, { struct: 'core/v1.Pod', field: 'nothing' }, { struct: 'batch/v1.Pod' }])(
  '$struct $field is not',
  ({ struct, field }) => {
    expect(describe(struct, field)).toBeUndefined()
  },
)

it('the package describes almost every type that it declares', () => {
  const types = Object.values(packageDescriptions() ?? {}).flatMap((version) => Object.values(version))
  expect(types.length).toBeGreaterThan(600)
  expect(types.filter(([words]) => words === '').length).toBeLessThan(types.length / 20)
})

it('nothing is read before somebody asks, and then once', () => {
  let reads = 0
  const lazy = describeTypes(() => {
    reads += 1
    return { 'core/v1': { Pod: ['A pod.', {}] } }
  })
  expect(reads).toBe(0)
  expect([lazy('core/v1.Pod'), lazy('core/v1.Node'), reads]).toEqual(['A pod.', undefined, 1])
})
