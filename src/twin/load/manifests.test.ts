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
