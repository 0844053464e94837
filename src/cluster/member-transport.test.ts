import { describe, expect, it, onTestFinished } from 'vitest'
import { accessTo } from '../../test/loopback/access.ts'
import { createAuthority, issueServer } from '../../test/loopback/certificates.ts'
import { type Answer, type LoopbackServer, sendJson, startServer, statusBody } from '../../test/loopback/http-server.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { createMemberTransport, type MemberTransportOptions } from './member-transport.ts'

const nodes = { method: 'GET', path: '/api/v1/nodes' } as const
const watch = { method: 'GET', path: '/api/v1/nodes', query: { watch: true } } as const
const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const

interface Given {
  readonly access?: Partial<ClusterAccess>
  readonly options?: MemberTransportOptions
  /** Instead of the Endpoints of all. */
  readonly endpoints?: Answer
  /** Who has signed the certificate of the second. */
  readonly second?: Awaited<ReturnType<typeof createAuthority>>
  /** Names in the certificate of the first, which is for another address: the host passes connections on. */
  readonly passedOnTo?: readonly string[]
}

/** Three API servers, each at an address of its own, and a transport whose kubeconfig names the first. */
async function threeMembers({ access = {}, options = {}, endpoints, second, passedOnTo }: Given = {}) {
  const authority = await createAuthority()
  const servers: LoopbackServer[] = []
  /** Addresses at which every connection breaks. */
  const away = new Set<string>()
  const subsets = () =>
    servers.map(({ port }, index) => ({ addresses: [{ ip: hosts[index] }], ports: [{ name: 'https', port, protocol: 'TCP' }] }))
  for (const [index, host] of hosts.entries()) {
    const [names, ips] = index === 0 && passedOnTo !== undefined ? [passedOnTo, hosts.slice(1)] : [['localhost'], hosts]
    const signer = index === 1 ? (second ?? authority) : authority
    const answer: Answer = (request, response) => {
      if (away.has(host)) return void response.destroy()
      if (request.url.includes('watch=true')) return void response.writeHead(200).write(`${host}\n`)
      if (!request.url.endsWith('/endpoints/kubernetes')) return sendJson(response, { host })
      return endpoints === undefined ? sendJson(response, { subsets: subsets() }) : endpoints(request, response)
    }
    servers.push(await startServer(answer, { tls: await issueServer(signer, names, ips), host }))
  }
  const [first] = servers as [LoopbackServer, ...LoopbackServer[]]
  const moves: string[] = []
  const onMove = (server: string, why: string) => moves.push(`${new URL(server).hostname}: ${why.replace(/:\d+/, '')}`)
  const transport = createMemberTransport(accessTo(first.url, { ca: authority.cert }, access), {
    ownAddresses: () => ['127.0.0.1'],
    learnsByWatching: true,
    onMove,
    ...options,
  })
  onTestFinished(() => transport.close())
  const asks = async () => (await transport.json<{ readonly host: string }>(nodes)).host
  /** Watches, and gives how the watch ends. */
  const watches = async () => {
    const stream = await transport.stream(watch)
    const heard: string[] = []
    const read = async () => {
      for await (const piece of stream) heard.push(Buffer.from(piece).toString().trim())
      return heard
    }
    // one that breaks off is told from one that ends
    const ended = read().catch((error: unknown) => String(error))
    await expect.poll(() => heard.length).toBe(1)
    return { heard, ended }
  }
  const endpointsAsked = () => servers.flatMap(({ seen }) => seen).filter(({ url }) => url.includes('endpoints')).length
  return { servers, away, transport, moves, asks, watches, endpointsAsked }
}

describe('where the kubeconfig names one API server of three', () => {
  it('another is asked while that one is replaced, and watches begin anew there', async () => {
    const { transport, asks, watches, moves } = await threeMembers()
    const before = await watches()
    await transport.keepFrom(['127.0.0.1'])
    expect(await before.ended).toEqual(['127.0.0.1'])
    expect(await asks()).toBe('127.0.0.2')
    const after = await watches()
    expect(after.heard).toEqual(['127.0.0.2'])
    await transport.keepFrom(['127.0.0.3'])
    await transport.keepFrom([])
    expect(await asks()).toBe('127.0.0.2')
    await transport.keepFrom(['127.0.0.2'])
    expect(await after.ended).toEqual(['127.0.0.2'])
    expect(await asks()).toBe('127.0.0.1')
    expect(moves).toEqual(['127.0.0.2: https://127.0.0.1 is left: it is replaced', '127.0.0.1: https://127.0.0.2 is left: it is replaced'])
  })

  it('a question goes to another when that one is gone; what changes something is left to whoever wants it', async () => {
    const { servers, transport, asks, watches, endpointsAsked } = await threeMembers()
    await watches()
    await expect.poll(endpointsAsked).toBe(1)
    await asks()
    await servers[0]?.close()
    await expect(transport.json({ method: 'POST', path: '/api/v1/nodes', body: {} })).rejects.toThrow('cannot be reached')
    expect(await asks()).toBe('127.0.0.2')
    await servers[1]?.close()
    expect(await asks()).toBe('127.0.0.3')
    expect((await watches()).heard).toEqual(['127.0.0.3'])
  })

  it('one that was away is asked again when the next is replaced: that begins when all others are back', async () => {
    const { transport, asks, away } = await threeMembers()
    await transport.keepFrom(['127.0.0.3'])
    away.add('127.0.0.1')
    expect(await asks()).toBe('127.0.0.2')
    away.clear()
    await transport.keepFrom(['127.0.0.2'])
    expect(await asks()).toBe('127.0.0.1')
  })

  it('one with a certificate of another authority is passed over', async () => {
    const { transport, asks } = await threeMembers({ second: await createAuthority('somebody else') })
    await transport.keepFrom(['127.0.0.1'])
    expect(await asks()).toBe('127.0.0.3')
  })

  it('when all are gone, the message names the one that was asked', async () => {
    const { servers, transport, asks } = await threeMembers()
    await transport.keepFrom(['127.0.0.1'])
    for (const server of servers) await server.close()
    for (let round = 0; round < 5; round += 1) await expect(asks()).rejects.toThrow(/^the API server https:\/\/127\.0\.0\.\d/)
  })

  it('a single question asks for nothing else', async () => {
    const { asks, endpointsAsked } = await threeMembers()
    await asks()
    expect(endpointsAsked()).toBe(0)
  })

  it('whoever is told what is worked on asks for nothing before', async () => {
    const { transport, asks, watches, endpointsAsked } = await threeMembers({ options: { learnsByWatching: false } })
    await watches()
    await asks()
    expect(endpointsAsked()).toBe(0)
    await transport.keepFrom(['127.0.0.1'])
    expect(endpointsAsked()).toBe(1)
    expect(await asks()).toBe('127.0.0.2')
  })
})

describe('where the host of the kubeconfig passes connections on, as its API server is replaced', () => {
  it('another is asked from the first question on', async () => {
    const { asks, watches, moves } = await threeMembers({ passedOnTo: ['kubernetes', 'kubernetes.default.svc'] })
    expect(await asks()).toBe('127.0.0.2')
    expect((await watches()).heard).toEqual(['127.0.0.2'])
    expect(moves).toEqual(['127.0.0.2: https://127.0.0.1 is left: it cannot be reached'])
  })

  it('whoever is no API server is asked nothing', async () => {
    const { servers, asks, moves } = await threeMembers({ passedOnTo: ['kubelet'] })
    await expect(asks()).rejects.toThrow(/does not match certificate's altnames.*set tls-server-name in the kubeconfig/)
    expect(servers.flatMap(({ seen }) => seen)).toEqual([])
    expect(moves).toEqual([])
  })
})

describe('the address stays the one that is given', () => {
  it.each([
    { what: 'in a pod', given: { access: { inCluster: true } } as const, asked: 0 },
    { what: 'where certificates are not verified', given: { access: { tlsVerify: 'Skip' } } as const, asked: 0 },
    {
      what: 'where the API servers may not be read',
      given: { endpoints: (_, response) => sendJson(response, statusBody(403, 'Forbidden', 'no'), 403) } as Given,
      asked: 1,
    },
    { what: 'where it is that of a tunnel', given: { options: { ownAddresses: () => ['192.168.1.5'] } }, asked: 1 },
  ])('$what', async ({ given, asked }) => {
    const { transport, asks, watches, moves, endpointsAsked } = await threeMembers(given)
    await transport.keepFrom(['127.0.0.1'])
    expect(endpointsAsked()).toBe(asked)
    expect(await asks()).toBe('127.0.0.1')
    expect((await watches()).heard).toEqual(['127.0.0.1'])
    expect(moves).toEqual([])
  })
})
