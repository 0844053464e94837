import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { transform } from 'esbuild'
import { expect, it } from 'vitest'
import { withSharedShapes } from '../../scripts/shared-shapes.mjs'

it.each([
  ['({ ...pod, status: 1 })', '({ ...[], ...pod, status: 1 })'],
  ['({\n  ...(known ? { b } : {}),\n  a,\n})', '({\n  ...[], ...(known ? { b } : {}),\n  a,\n})'],
  ['({ a: { ...b, c } })', '({ a: { ...[], ...b, c } })'],
  ['({ a, ...b })', '({ a, ...b })'],
  ['const { a, ...rest } = b', 'const { a, ...rest } = b'],
  ['const list = [...a]', 'const list = [...a]'],
])('%j becomes %j', (source, expected) => {
  expect(withSharedShapes(source)).toBe(expected)
})

it('the bundler does not take it away again', async () => {
  const { code } = await transform(withSharedShapes('f = (pod) => ({ ...pod, status: 1 })'), { minifySyntax: true })
  expect(code).toContain('{ ...[], ...pod, status: 1 }')
})

it('objects that a literal with a leading spread makes share one hidden class', () => {
  setFlagsFromString('--allow-natives-syntax')
  try {
    const source = `(() => {
      const next = (pod) => ({ ...pod, status: 1 })
      next({ a: 1, b: 2 })
      next({ a: 1, b: 2 })
      return %HaveSameMap(next({ a: 1, b: 2 }), next({ a: 1, b: 2 }))
    })()`
    expect(runInThisContext(withSharedShapes(source))).toBe(true)
  } finally {
    setFlagsFromString('--no-allow-natives-syntax')
  }
})
