import { Registry } from 'prom-client'
import { afterEach, describe, expect, it } from 'vitest'
import { type HealthServer, startHealthServer } from './health-server.ts'

let server: HealthServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function serve(ready: string | undefined, alive?: string): Promise<string> {
  server = await startHealthServer('127.0.0.1:0', { alive: () => alive, ready: () => ready, registry: new Registry() })
  return `http://127.0.0.1:${server.port}`
}

describe('health server', () => {
  it('is alive while its caches are still being filled, but not ready', async () => {
    const url = await serve('caches are not filled yet')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const answer = await fetch(`${url}/readyz`)
    expect([answer.status, await answer.text()]).toEqual([503, 'caches are not filled yet\n'])
  })

  it('is ready when nothing speaks against it', async () => {
    expect((await fetch(`${await serve(undefined)}/readyz`)).status).toBe(200)
  })

  it('asks for a restart with the reason', async () => {
    const answer = await fetch(`${await serve(undefined, 'hangs')}/healthz`)
    expect([answer.status, await answer.text()]).toEqual([503, 'hangs\n'])
  })

  it.each([
    { path: '/metrics', method: 'GET', status: 200 },
    { path: '/', method: 'GET', status: 404 },
    { path: '/healthz', method: 'POST', status: 405 },
  ])('answers $method $path with $status', async ({ path, method, status }) => {
    expect((await fetch(`${await serve(undefined)}${path}`, { method })).status).toBe(status)
  })

  it('names the address that is taken already, and one that is none', async () => {
    await serve(undefined)
    const taken = `127.0.0.1:${server?.port}`
    const health = { alive: () => undefined, ready: () => undefined, registry: new Registry() }
    await expect(startHealthServer(taken, health)).rejects.toThrow(`--listen ${taken} cannot be used (EADDRINUSE): name a free port`)
    await expect(startHealthServer('everywhere', health)).rejects.toThrow('--listen is "everywhere": write host:port or :port')
  })
})
