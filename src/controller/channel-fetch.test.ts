import { expect, it } from 'vitest'
import { startServer } from '../../test/loopback/http-server.ts'
import { createChannelFetch } from './channel-fetch.ts'

it('follows no redirect, reads no body and tells what the status line says', async () => {
  const server = await startServer((request, response) => {
    if (request.url === '/stable') response.writeHead(302, { location: '/v1.20.3+k3s1' }).end()
    else response.writeHead(404).write('a body without an end')
  })
  const fetch = createChannelFetch([])
  try {
    const { signal } = new AbortController()
    expect(await fetch(`${server.url}/stable`, { 'X-SUC-Cluster-ID': 'id' }, signal)).toEqual({
      kind: 'Answered',
      status: 302,
      statusText: 'Found',
      location: '/v1.20.3+k3s1',
    })
    expect(await fetch(`${server.url}/gone`, {}, signal)).toEqual({ kind: 'Answered', status: 404, statusText: 'Not Found' })
    expect(server.seen.map(({ url }) => url)).toEqual(['/stable', '/gone'])
    expect(server.seen[0]?.headers).toMatchObject({ 'x-suc-cluster-id': 'id', 'user-agent': expect.stringMatching(/^falkirk\//) })
  } finally {
    await fetch.close()
  }
})
