import { describe, expect, it } from 'vitest'
import { BuiltInSchemas } from '../schema/built-in-schema.ts'
import { structuralMergeSchema } from '../schema/structural-schema.ts'
import { reconcileFields } from './reconcile-fields.ts'

const deployment = new BuiltInSchemas(20).schemaOf('apps', 'Deployment')
const object = {
  metadata: { labels: { a: '1', b: '2' } },
  spec: { replicas: 1, selector: { matchLabels: { a: '1' } }, template: { spec: { containers: [{ name: 'a', image: 'i' }] } } },
}

describe('reconcileFields', () => {
  it.each([
    {
      title: 'a map that was owned as one is owned with its keys',
      set: { 'f:metadata': { 'f:labels': {} } },
      is: { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {}, 'f:b': {} } } },
    },
    {
      title: 'an item that was owned as one is owned with its fields',
      set: { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': {} } } } } },
      is: { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:image': {} } } } } } },
    },
    {
      title: 'a selector that was owned by its fields is owned as one',
      set: { 'f:spec': { 'f:selector': { 'f:matchLabels': { 'f:a': {} } } } },
      is: { 'f:spec': { 'f:selector': {} } },
    },
  ])('$title', ({ set, is }) => {
    expect(reconcileFields(set, object, deployment)).toEqual(is)
  })

  it.each([
    {
      title: 'keys and leaves',
      set: { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } }, 'f:spec': { 'f:replicas': {}, 'f:selector': {} } },
    },
    { title: 'a field that is not there', set: { 'f:metadata': { 'f:annotations': {} }, 'f:spec': { 'f:gone': { 'f:deep': {} } } } },
  ])('leaves the very set: $title', ({ set }) => {
    expect(reconcileFields(set, object, deployment)).toBe(set)
  })

  it('knows nothing of custom resources without a schema', () => {
    const set = { 'f:metadata': { 'f:labels': {} } }
    expect(reconcileFields(set, object, structuralMergeSchema(undefined))).toBe(set)
  })
})
