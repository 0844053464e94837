import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority, issueServer } from '../../loopback/certificates.ts'

/** A channel server over HTTPS, with a certificate authority that nobody knows. */
export interface ChannelServer {
  readonly url: string
  /** PEM of its authority. */
  readonly authority: string
  /** What it redirects to from now on. */
  version: string
  /** Headers of the questions so far. */
  readonly asked: readonly Readonly<Record<string, string | readonly string[] | undefined>>[]
  stop(): Promise<void>
}

/** Serves on a free port of an address that hosts and pods reach. */
export async function startChannelServer(address: string, version: string): Promise<ChannelServer> {
  const authority = await createAuthority('channel authority')
  const asked: Readonly<Record<string, string | readonly string[] | undefined>>[] = []
  const state = { version }
  const server: Server = createServer(await issueServer(authority, [], [address]), (request, response) => {
    asked.push(request.headers)
    response.writeHead(302, { location: `/releases/tag/${state.version}` }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  return Object.assign(state, {
    url: `https://${address}:${(server.address() as AddressInfo).port}/channels/stable`,
    authority: authority.cert,
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
