import { createHash } from 'node:crypto'
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici'
import type { ClusterAccess, Credentials } from './cluster-access.ts'

/**
 * The connections to one API server under one set of TLS keys.
 * Watches live on connections of their own: they hold theirs for minutes and would block the few that short requests share.
 */
export interface Dispatchers {
  readonly requests: Dispatcher
  readonly streams: Dispatcher
  /** Lets running requests end, takes no new ones. */
  retire(): Promise<void>
  /** Breaks everything off. */
  destroy(): Promise<void>
}

/** Short requests at a time; more wait for a free connection. A burst would pay a TLS handshake each otherwise. */
const maxRequestConnections = 32

/** Tells apart what needs other connections: a digest, because keys are secrets. */
export function dispatcherKey(access: ClusterAccess, { ca, clientCertificate }: Credentials): string {
  const parts = [ca, clientCertificate?.cert, clientCertificate?.key, access.tlsServerName, access.tlsVerify, access.proxy]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** HTTP/1.1 only: one slow watch must not hold up others behind it on a shared connection. */
export function createDispatchers(access: ClusterAccess, credentials: Credentials): Dispatchers {
  const requests = createDispatcher(access, credentials, maxRequestConnections)
  const streams = createDispatcher(access, credentials, null)
  return {
    requests,
    streams,
    retire: async () => void (await Promise.all([requests.close(), streams.close()])),
    destroy: async () => void (await Promise.all([requests.destroy(), streams.destroy()])),
  }
}

function createDispatcher(access: ClusterAccess, credentials: Credentials, connections: number | null): Dispatcher {
  const { proxy } = access
  const tls = tlsOptions(access, credentials)
  const pool = {
    connections,
    pipelining: 1,
    allowH2: false,
    // Below the 60 s after which load balancers forget a silent connection.
    keepAliveTimeout: 30_000,
    // Requests bring clocks of their own.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  switch (proxy.kind) {
    case 'None':
      return new Agent({ ...pool, connect: { ...tls, timeout: 10_000, keepAliveInitialDelay: 30_000 } })
    case 'Http':
      return new ProxyAgent({ ...pool, uri: proxy.url, requestTls: tls })
    case 'Socks5':
      return new Socks5ProxyAgent(proxy.url, { ...pool, requestTls: tls } as Socks5ProxyAgent.Options)
  }
}

function tlsOptions({ tlsServerName, tlsVerify }: ClusterAccess, { ca, clientCertificate }: Credentials) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined ? {} : clientCertificate),
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    rejectUnauthorized: tlsVerify === 'Verify',
  }
}
