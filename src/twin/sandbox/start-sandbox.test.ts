import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../test/loopback/temp-folder.ts'
import { createApiClient } from '../../cluster/api-client.ts'
import { systemClock } from '../../cluster/clock.ts'
import { createTransport } from '../../cluster/https-transport.ts'
import { loadClusterAccess } from '../../cluster/kube-config.ts'
import { nodes } from '../../cluster/resource.ts'
import { discoverServer } from '../../cluster/server-capabilities.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { loadedWorld } from './loaded-world.ts'
import { sandboxKubeconfig, writeKubeconfig } from './sandbox-kubeconfig.ts'
import { smallWorld } from './small-world.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts'

async function started(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const world = smallWorld({ distribution: 'k3s', version: 'v1.23.12+k3s1' })
  const sandbox = await startSandbox({ clock: systemClock, random: seededRandom(1), world, ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}

async function transportTo(kubeconfig: string) {
  const transport = createTransport(await loadClusterAccess({ env: {}, interactive: false, kubeconfig }))
  onTestFinished(() => transport.close())
  return transport
}

describe('a sandbox', () => {
  it('is reached over HTTPS by its kubeconfig, with all that was put into it at rest', async () => {
    const sandbox = await started()
    const kubeconfig = `${await tempFolder()}/kubeconfig`
    await writeKubeconfig(kubeconfig, sandboxKubeconfig(sandbox))
    const transport = await transportTo(kubeconfig)
    const client = createApiClient(transport, await discoverServer(transport), { clock: systemClock })
    expect(client.capabilities.gitVersion).toBe('v1.23.12+k3s1')
    expect((await client.list(nodes, {})).items).toHaveLength(9)
    const { items } = await transport.json<{ items: { status: { phase: string }; spec: { nodeName?: string } }[] }>({
      method: 'GET',
      path: '/api/v1/pods',
    })
    expect(items.length).toBeGreaterThan(20)
    expect(items.filter(({ status, spec }) => status.phase !== 'Running' || spec.nodeName === undefined)).toEqual([])
  })

  it.each([2, 10, 100])('that begins behind and lives %d times as fast makes nothing of the future for four hours', async (speed) => {
    const real = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
    const { twin } = await started({ clock: real, speed, begins: 'Behind' })
    const made = async () => {
      const { metadata } = await twin.api.client.create('configmaps', { metadata: { namespace: 'default', generateName: 'c-' } })
      return Date.parse(metadata.creationTimestamp)
    }
    const first = await made()
    expect(first).toBeLessThanOrEqual(real.now())
    await real.advance(30_000)
    expect((await made()) - first).toBe(30_000 * speed)
    // what of the four hours is left passes at this speed
    expect(first + 4 * 3_600_000 * speed).toBeLessThanOrEqual(real.now() - 30_000 + 4 * 3_600_000)
  })

  it('of objects with times of their own is not behind these, however fast', async () => {
    const real = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
    const world = loadedWorld([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }], 'v1.33.5', () => {})
    const { twin } = await started({ clock: real, speed: 10, world, begins: 'Behind' })
    const { metadata } = await twin.api.client.create('configmaps', { metadata: { namespace: 'default', name: 'now' } })
    expect(metadata.creationTimestamp).toBe('2026-11-21T10:00:00Z')
  })

  it('lets nobody in with another token', async () => {
    const sandbox = await started()
    const kubeconfig = `${await tempFolder()}/kubeconfig`
    await writeKubeconfig(kubeconfig, sandboxKubeconfig({ ...sandbox, token: 'guessed' }))
    const transport = await transportTo(kubeconfig)
    await expect(transport.json({ method: 'GET', path: '/api/v1/nodes' })).rejects.toMatchObject({ status: 401 })
  })

  it('says that its port is taken, in one sentence with the flag', async () => {
    const port = Number(new URL((await started()).url).port)
    const world = smallWorld({ distribution: 'k3s', version: 'v1.23.12+k3s1' })
    await expect(startSandbox({ clock: systemClock, random: seededRandom(1), world, port })).rejects.toMatchObject({
      code: 'FK_BAD_SETTING',
      message: `--port ${port} is taken by another program: name another one, or leave the flag out for one that is free`,
    })
  })

  it('listens on no port once it is closed', async () => {
    const sandbox = await started()
    const port = Number(new URL(sandbox.url).port)
    // by its certificate: another program may have been given the port meanwhile
    const answers = () =>
      new Promise<boolean>((resolve) => {
        const wire = connect({ host: '127.0.0.1', port, ca: sandbox.certificate }, () => resolve(true))
        wire.once('error', () => resolve(false)).once('close', () => resolve(false))
      })
    expect(await answers()).toBe(true)
    await sandbox.close()
    expect(await answers()).toBe(false)
  })
})
