import { describe, expect, it } from 'vitest'
import { ask } from '../../http/ask.test-support.ts'
import { smallServer } from '../../http/small-server.test-support.ts'
import { fieldManagerProblems } from './field-manager-problems.ts'

const because = (quoted: string, code: string, at: number) => `Invalid value: ${quoted}: invalid character ${code} (at position ${at})`

describe('fieldManagerProblems', () => {
  it.each([
    { name: 'argo cd', messages: [] },
    { name: 'ü'.repeat(64), messages: [] },
    { name: 'ü'.repeat(65), messages: ['Too long: must have at most 128 bytes'] },
    { name: '\0', messages: [because('"\\x00"', 'U+0000', 0)] },
    { name: 'ü\n', messages: [because('"ü\\n"', 'U+000A', 2)] },
    { name: '\u2028"\\', messages: [because('"\\u2028\\"\\\\"', 'U+2028', 0)] },
    { name: '\u{E0001}', messages: [because('"\\U000e0001"', 'U+E0001', 0)] },
    { name: 'a\tb\t', messages: [because('"a\\tb\\t"', 'U+0009', 1), because('"a\\tb\\t"', 'U+0009', 3)] },
  ])('of $name are $messages', ({ name, messages }) => {
    expect(fieldManagerProblems(name).map(({ message }) => message)).toEqual(messages)
  })

  it.each([
    { method: 'POST', path: '/configmaps', kind: 'CreateOptions' },
    { method: 'PUT', path: '/configmaps/a', kind: 'UpdateOptions' },
    { method: 'PATCH', path: '/configmaps/a', kind: 'PatchOptions' },
  ])('a $method is refused for them', async ({ method, path, kind }) => {
    const { server } = await smallServer()
    const sent = {
      body: { metadata: { name: 'a' } },
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    }
    const { status, body } = await ask(server, method, `/api/v1/namespaces/default${path}?fieldManager=%00`, sent)
    expect({ status, message: body.message }).toEqual({
      status: 422,
      message: `${kind}.meta.k8s.io "" is invalid: fieldManager: ${because('"\\x00"', 'U+0000', 0)}`,
    })
  })
})
