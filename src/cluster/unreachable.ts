import { FalkirkError } from '../core/falkirk-error.ts'
import type { ClusterAccess } from './cluster-access.ts'

/** Why a request was given up by its own clock; the cause of an FK_API_UNREACHABLE. */
export class TimedOut extends Error {
  constructor(timeoutMs: number) {
    super(`no complete answer within ${Number((timeoutMs / 1000).toFixed(1))} s`)
    this.name = 'TimedOut'
  }
}

const untrusted = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]
const noRoute = ['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']
const broken = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']

/** The connection was there and broke: a keep-alive socket that the server has closed meanwhile, or a server that ended. */
export function isBrokenConnection(error: unknown): boolean {
  return broken.includes(errorCode(error))
}

/** Makes FK_API_UNREACHABLE of whatever kept an answer from coming, with the fix where the error tells it. */
export function unreachable(access: ClusterAccess, error: unknown): FalkirkError {
  const via = access.proxy.kind === 'None' ? '' : ` through the proxy ${withoutPassword(access.proxy.url)}`
  const message = `the API server ${withoutPassword(access.server)} (${access.source}) cannot be reached${via}: ${explain(error)}`
  return new FalkirkError('FK_API_UNREACHABLE', message, { cause: error, retry: 'backoff' })
}

function explain(error: unknown): string {
  const code = errorCode(error)
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof TimedOut) return text
  if (code === 'ECONNREFUSED') return 'nothing listens there; check that the API server runs and that address and port are right'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name has no address; check the name and the resolver'
  if (noRoute.includes(code)) return `no connection came about (${code}); check the route, firewalls and the proxy setting`
  if (untrusted.includes(code))
    return `its certificate is signed by nobody who is trusted (${code}); set certificate-authority in the kubeconfig`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${text}; set tls-server-name in the kubeconfig to a name that the certificate has`
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `its certificate is not valid now (${code}); renew it, or set this machine's clock`
  if (/WRONG_VERSION_NUMBER|packet length too long/.test(`${code} ${text}`))
    return 'it speaks no TLS; write http:// in the address, or ask the TLS port'
  if (/ALERT/.test(code)) return `it broke off the TLS handshake (${code}); check the client certificate`
  if (broken.includes(code)) return `the connection broke before the answer was complete (${text})`
  return code === '' ? text : `${text} (${code})`
}

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** A URL as messages may show it: without user and password. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z0-9+.-]+:\/\/)[^/?#]*@/i, '$1')
}
