import { describe, expect, it } from 'vitest'
import { ask } from './http/ask.test-support.ts'
import { smallServer } from './http/small-server.test-support.ts'

const pods = '/api/v1/namespaces/default/pods'
const pod = (characters: number) => ({
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'A', value: 'x'.repeat(characters) }] }] },
})

describe('an object that etcd would not take', () => {
  it.each([
    { characters: 1_500_000, status: 201, message: undefined },
    { characters: 1_600_000, status: 500, message: 'etcdserver: request is too large' },
    {
      characters: 2_200_000,
      status: 500,
      message: expect.stringMatching(/^rpc error: code = ResourceExhausted .* \(22\d{5} vs\. 2097152\)$/),
    },
  ])('of $characters characters is answered with $status', async ({ characters, status, message }) => {
    const { server, store } = await smallServer()
    const answer = await ask(server, 'POST', pods, { body: pod(characters) })
    expect([answer.status, answer.body.message]).toEqual([status, message])
    expect(store.count('pods')).toBe(status === 201 ? 1 : 0)
  })

  it('is refused too when a small patch makes it so, and stays as it was', async () => {
    const { server, store } = await smallServer()
    await ask(server, 'POST', pods, { body: pod(1_500_000) })
    const body = { metadata: { annotations: { a: 'y'.repeat(100_000) } } }
    const answer = await ask(server, 'PATCH', `${pods}/p`, { contentType: 'application/merge-patch+json', body })
    expect([answer.status, answer.body.message]).toEqual([500, 'etcdserver: request is too large'])
    expect(store.get('pods', 'default', 'p')?.metadata.annotations).toBeUndefined()
  })

  it('may be tried: a dry run does not reach etcd', async () => {
    const { server } = await smallServer()
    expect((await ask(server, 'POST', `${pods}?dryRun=All`, { body: pod(1_600_000) })).status).toBe(201)
  })
})
