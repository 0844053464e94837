import { isIP } from 'node:net'
import { Agent, request } from 'undici'

/** An answer as it came. */
export interface HttpsAnswer {
  readonly status: number
  readonly body: string
}

export interface HttpsCall {
  /** Host and port are those that are connected to. */
  readonly url: string
  /** As whom the server has to show itself. */
  readonly serverName: string
  /** PEM; the certificates of the system where it is empty. */
  readonly ca: string
  readonly body: string
  readonly signal: AbortSignal
}

const mostAnswerBytes = 5 * 1024 * 1024

/** Posts JSON over HTTPS; connections are kept and used again. Rejects with what went wrong below HTTP. */
export class HttpsCaller {
  readonly #agents = new Map<string, Agent>()

  async post({ url, serverName, ca, body, signal }: HttpsCall): Promise<HttpsAnswer> {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, */*' },
      body,
      signal,
      dispatcher: this.#agentFor(serverName, ca),
    })
    return { status: answer.statusCode, body: await answer.body.text() }
  }

  async close(): Promise<void> {
    const agents = [...this.#agents.values()]
    this.#agents.clear()
    await Promise.all(agents.map((agent) => agent.destroy()))
  }

  #agentFor(serverName: string, ca: string): Agent {
    const key = `${serverName}\n${ca}`
    const known = this.#agents.get(key)
    if (known !== undefined) return known
    // An address is no name to ask for; the certificate is compared with it all the same.
    const connect = { ...(isIP(serverName) === 0 ? { servername: serverName } : {}), ...(ca === '' ? {} : { ca }) }
    const agent = new Agent({ connect, maxResponseSize: mostAnswerBytes })
    this.#agents.set(key, agent)
    return agent
  }
}

/** What went wrong below HTTP, in the words of Go. */
export function wordsOfFailure(error: unknown, host: string, port: number): string {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp ${host}:${port}: connect: connection refused`
    case 'ENOTFOUND':
      return `dial tcp: lookup ${host}: no such host`
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'EOF'
    case 'CERT_HAS_EXPIRED':
      return 'x509: certificate has expired or is not yet valid'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'x509: certificate signed by unknown authority'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `x509: ${message.replace(/^Hostname\/IP does not match certificate's altnames: /, 'certificate is not valid: ')}`
    default:
      return message
  }
}
