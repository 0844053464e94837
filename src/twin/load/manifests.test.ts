import { describe, expect, it } from 'vitest'
import { parseManifests } from './manifests.ts'

describe('a file of objects', () => {
  it.each([
    {
      what: 'several documents, empty ones among them',
      text: 'apiVersion: v1\nkind: A\n---\n---\napiVersion: v1\nkind: B\n',
      kinds: ['v1 A', 'v1 B'],
    },
    {
      what: 'a List as kubectl prints it',
      text: 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment}\n',
      kinds: ['apps/v1 Deployment'],
    },
    {
      what: 'a typed list, whose items do not say what they are',
      text: '{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"}}]}',
      kinds: ['v1 Pod'],
    },
    { what: 'a kind that ends like a list and is none', text: 'apiVersion: v1\nkind: AllowList\n', kinds: ['v1 AllowList'] },
  ])('may hold $what', ({ text, kinds }) => {
    expect(parseManifests(text, 'f').map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual(kinds)
  })

  it.each([
    { text: 'apiVersion: v1\nkind: A\n---\nkind: B\n', says: 'f has an object at line 3 without apiVersion' },
    { text: '- a\n', says: 'f has no object at line 1: begin it with apiVersion and kind' },
    { text: 'a: [', says: 'f Flow sequence' },
    { text: '{"a":', says: 'f is no JSON' },
    { text: ' \n', says: 'f is empty' },
    {
      text: 'apiVersion: v1\nkind: Node\nmetadata: { uid: u, name: n, labels: 5 }\n',
      says: 'f has a Node at line 1 that comes from no cluster: Node in version "v1" cannot be handled as a Node: json: cannot unmarshal number',
    },
    { text: 'apiVersion: v1\nkind: Pod\nmetadata: { uid: u, name: p }\nspec: { containers: x }\n', says: 'cannot unmarshal string' },
    { text: 'apiVersion: v1\nkind: Pod\nmetadata: { uid: u }\n', says: 'metadata.name is missing' },
    { text: 'apiVersion: v1\nkind: Pod\nmetadata: { uid: 7, name: p }\n', says: 'cannot unmarshal number' },
    { text: 'apiVersion: a.b/v1\nkind: Own\nmetadata: { uid: u, name: o, finalizers: x }\n', says: 'cannot unmarshal string' },
    {
      text: 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { uid: u, name: o }\nspec: { versions: [] }\n',
      says: 'spec.names.kind is missing',
    },
    { text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { uid: u, name: d }\n', says: 'spec.template.spec.containers is missing' },
    {
      text: 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { uid: u, name: o }\nspec: { versions: 5 }\n',
      says: 'cannot unmarshal number',
    },
  ])('is refused in one sentence: $says', ({ text, says }) => {
    expect(() => parseManifests(text, 'f')).toThrow(
      expect.objectContaining({ code: 'FK_MANIFEST', message: expect.stringContaining(says) }),
    )
  })

  it('is refused when it grows without end', () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    )
    expect(() => parseManifests(`apiVersion: v1\nkind: A\n${lines.join('\n')}`, 'f')).toThrow('aliases')
  })
})
