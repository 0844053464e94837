import { platform } from 'node:os'
import { expect, it } from 'vitest'
import { startMisbehavingServer } from '../../loopback/misbehaving-server.ts'

it.runIf(platform() === 'linux')(
  'a server that goes away and comes back has a port that the system gives to nobody meanwhile',
  async () => {
    const servers = await Promise.all([startMisbehavingServer(), startMisbehavingServer()])
    const [first, second] = servers.map(({ url }) => new URL(url))
    expect(Number(first?.port)).toBeLessThan(10_000)
    expect(first?.hostname).not.toBe(second?.hostname)
    for (const server of servers) await server.stop()
    await Promise.all(servers.map((server) => server.start()))
  },
)
