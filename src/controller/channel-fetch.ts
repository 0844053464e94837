import { STATUS_CODES } from 'node:http'
import { EnvHttpProxyAgent, request } from 'undici'
import { version } from '../core/build-info.ts'
import type { ChannelFetch } from './shell.ts'

/**
 * Asks channel servers over HTTP(S): redirects are not followed, bodies not read; HTTPS_PROXY and NO_PROXY are honoured, and
 * `authorities` (PEM) are those that may sign a server's certificate.
 */
export function createChannelFetch(authorities: readonly string[]): ChannelFetch & { close(): Promise<void> } {
  const tls = { ca: [...authorities] }
  const dispatcher = new EnvHttpProxyAgent({ connect: tls, requestTls: tls })
  const fetch: ChannelFetch = async (url, headers, signal) => {
    const {
      statusCode,
      headers: answer,
      body,
    } = await request(url, {
      dispatcher,
      signal,
      headers: { 'user-agent': `falkirk/${version}`, ...headers },
    })
    body.on('error', () => {})
    body.destroy()
    const { location } = answer
    return {
      kind: 'Answered',
      status: statusCode,
      statusText: STATUS_CODES[statusCode] ?? '',
      ...(typeof location === 'string' ? { location } : {}),
    }
  }
  return Object.assign(fetch, { close: () => dispatcher.destroy() })
}
