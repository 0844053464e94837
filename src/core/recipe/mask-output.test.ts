import { describe, expect, it } from 'vitest'
import { maskOutput } from './mask-output.ts'

describe('what a host printed', () => {
  it.each([
    ['failed: k3s server --token hunter2 --tls-san a', 'failed: k3s server --token *** --tls-san a'],
    ['K3S_TOKEN=hunter2', 'K3S_TOKEN=***'],
    ['agent-token: "hunter2"', 'agent-token: ***'],
    ['token K10aabbccddeeff00112233::server:0123abcd is wrong', 'token *** is wrong'],
    ['--datastore-endpoint=postgres://k3s:hunter2@db:5432/k3s', '--datastore-endpoint=postgres://k3s:***@db:5432/k3s'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', '***'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----', '***'],
    ['\u001b[31mred\u001b[0m and \u202eback\u0007', '[31mred [0m and  back'],
    ['Failed to start: listen tcp :6443: bind: address already in use', 'Failed to start: listen tcp :6443: bind: address already in use'],
  ])('%j is shown as %j', (text, shown) => {
    expect(maskOutput(text)).toBe(shown)
  })

  it('is cut to its end', () => {
    const shown = maskOutput(`${'x'.repeat(100_000)}the reason`)
    expect(shown).toHaveLength(2_000)
    expect(shown).toMatch(/^…x+the reason$/)
  })
})
