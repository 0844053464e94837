import { describe, expect, it } from 'vitest'
import { ask } from '../http/ask.test-support.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'

const pods = '/api/v1/namespaces/default/pods'

async function logOf(query: string, nodeName?: string) {
  const logs = { read: async () => 'one\n' }
  const { server } = await smallServer({ logs })
  await ask(server, 'POST', pods, { body: podNamed('p', nodeName) })
  return await ask(server, 'GET', `${pods}/${query}`)
}

describe('the log of a pod', () => {
  it('on a node is read', async () => {
    expect(await logOf('p/log', 'n')).toMatchObject({ status: 200, body: 'one\n' })
  })

  it('without a node is no content', async () => {
    expect(await logOf('p/log')).toEqual({ status: 204, headers: {}, body: '' })
  })

  it.each([
    { query: 'p/log?container=other', status: 400, message: 'container other is not valid for pod p' },
    { query: 'none/log', status: 404, message: 'pods "none" not found' },
  ])('$query is refused on a node or off', async ({ query, status, message }) => {
    for (const node of ['n', undefined]) expect(await logOf(query, node)).toMatchObject({ status, body: { message } })
  })
})
