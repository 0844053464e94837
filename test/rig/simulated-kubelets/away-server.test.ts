import { expect, it, onTestFinished } from 'vitest'
import { sendJson, startServer, statusBody } from '../../loopback/http-server.ts'
import { writeKubeConfig } from '../../loopback/kubeconfig.ts'
import { tempFolder } from '../../loopback/temp-folder.ts'
import { startSimulatedKubelets } from './simulated-kubelets.ts'

/** More than the ten listeners after which Node suspects a leak. */
const nodes = Array.from({ length: 16 }, (_, i) => ({ name: `n${i}` }))

it('kubelets that all wait for their API server together are no leak of listeners, and go on when it is there', async () => {
  const warnings: string[] = []
  const note = ({ message }: Error) => void warnings.push(message)
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  let away = 2 * nodes.length
  const server = await startServer(({ method, url }, response) => {
    if (method === 'POST') sendJson(response, statusBody(409, 'AlreadyExists', 'is there'), 409)
    else if (method === 'PATCH' && away-- > 0) sendJson(response, statusBody(500, 'InternalError', 'away'), 500)
    else if (method === 'PATCH' || url.includes('watch=')) sendJson(response, {})
    else sendJson(response, { metadata: { resourceVersion: '1' }, items: [] })
  })
  const kubeconfig = await writeKubeConfig(await tempFolder(), { server: server.url }, {})
  const kubelets = await startSimulatedKubelets({ kubeconfig, nodes })
  await kubelets.stop()
  expect(server.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(3 * nodes.length)
  expect(warnings).toEqual([])
})
