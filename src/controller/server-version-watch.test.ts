import { expect, it, onTestFinished } from 'vitest'
import { memoryShell } from '../../test/loopback/memory-shell.ts'
import { startPlanCaches } from './plan/plan-caches.ts'
import { watchServerVersion } from './server-version-watch.ts'

const node = (name: string, kubeletVersion: string, more: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, ...more },
  status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion } },
})

/** A server whose API server is asked for its version; `asked` counts how often. */
async function setUp() {
  const { api, clock, shell } = memoryShell()
  const { gitVersion } = shell.client.capabilities
  let asked = 0
  const transport = {
    ...shell.client.transport,
    stream: shell.client.transport.stream.bind(shell.client.transport),
    json: <T>(request: Parameters<typeof shell.client.transport.json>[0]): Promise<T> => {
      if (request.path === '/version') asked += 1
      return shell.client.transport.json<T>(request)
    },
  }
  const serve = (version: string) => api.put('/version', { metadata: { name: 'version' }, gitVersion: version })
  serve(gitVersion)
  api.put('/api/v1/nodes/s1', node('s1', gitVersion))
  const caches = startPlanCaches(shell)
  onTestFinished(() => caches.stop())
  await clock.advance(5_000)
  await caches.synced
  const heard: string[] = []
  const watch = watchServerVersion({ ...shell, client: { ...shell.client, transport } }, caches.nodes, () => heard.push(watch.current()))
  onTestFinished(() => watch.stop())
  return { api, clock, serve, gitVersion, heard, watch, asked: () => asked }
}

it('hears of another version within half a minute', async () => {
  const { clock, serve, heard } = await setUp()
  serve('v9.0.0')
  await clock.advance(30_000)
  expect(heard).toEqual(['v9.0.0'])
})

it('asks soon after a node reports a version that is not the API server’s', async () => {
  const { api, clock, serve, heard } = await setUp()
  serve('v9.0.0')
  api.put('/api/v1/nodes/s1', node('s1', 'v9.0.0'))
  await clock.advance(2_000)
  expect(heard).toEqual(['v9.0.0'])
})

it('asks nothing more when nodes follow their API server, or only beat', async () => {
  const { api, clock, gitVersion, asked } = await setUp()
  api.put('/api/v1/nodes/a1', node('a1', 'v1.0.0'))
  api.put('/api/v1/nodes/a1', node('a1', gitVersion))
  api.put('/api/v1/nodes/s1', node('s1', gitVersion, { labels: { zone: 'a' } }))
  await clock.advance(20_000)
  expect(asked()).toBe(0)
})

it('asks once for several nodes that change together, and nothing after the stop', async () => {
  const { api, clock, asked, watch } = await setUp()
  for (const name of ['s1', 's2', 's3']) api.put(`/api/v1/nodes/${name}`, node(name, 'v1.0.0'))
  for (const name of ['s1', 's2', 's3']) api.put(`/api/v1/nodes/${name}`, node(name, 'v9.0.0'))
  await clock.advance(2_000)
  expect(asked()).toBe(1)
  watch.stop()
  api.put('/api/v1/nodes/s1', node('s1', 'v9.0.1'))
  await clock.advance(60_000)
  expect(asked()).toBe(1)
})
