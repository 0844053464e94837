import { expect, it } from 'vitest'
import { defaultStorageClasses } from './default-storage-class.ts'

const stable = 'storageclass.kubernetes.io/is-default-class'
const beta = 'storageclass.beta.kubernetes.io/is-default-class'

function storageClass(name: string, creationTimestamp?: string, annotations: Record<string, string> = { [stable]: 'true' }) {
  return { metadata: { name, annotations, ...(creationTimestamp === undefined ? {} : { creationTimestamp }) } }
}

const old = '2026-01-01T00:00:00Z'
const young = '2026-01-02T00:00:00Z'

it.each([
  { rule: 'none is when none is marked', classes: [storageClass('a', old, {}), storageClass('b', old, { [stable]: 'false' })], names: [] },
  { rule: 'the beta annotation marks as well', classes: [storageClass('a', old, { [beta]: 'true' })], names: ['a'] },
  { rule: 'the newest comes first', classes: [storageClass('a', old), storageClass('b', young)], names: ['b', 'a'] },
  { rule: 'the name decides in the same second', classes: [storageClass('b', old), storageClass('a', old)], names: ['a', 'b'] },
  { rule: 'one without a time is the oldest', classes: [storageClass('a'), storageClass('b', old)], names: ['b', 'a'] },
])('default classes: $rule', ({ classes, names }) => {
  expect(defaultStorageClasses(classes).map(({ metadata }) => metadata.name)).toEqual(names)
})
