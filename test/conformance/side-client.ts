import { Agent, type Dispatcher } from 'undici'
import type { Answer } from './answer.ts'
import type { Side } from './sides/side.ts'

export interface Sent {
  readonly body?: unknown
  /** Sent as it stands. */
  readonly raw?: string | Buffer
  readonly contentType?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Headers that clients act upon. */
const keptHeaders = ['content-type', 'retry-after', 'warning', 'www-authenticate']

/** Plain HTTP to one side, with nothing between a case and the wire. */
export class SideClient {
  readonly #side: Side
  readonly #agent: Agent

  constructor(side: Side) {
    this.#side = side
    const tls = side.ca === undefined ? { rejectUnauthorized: false } : { ca: side.ca }
    this.#agent = new Agent({
      connect: { ...tls, ...side.clientCertificate },
      headersTimeout: 60_000, // a body that does not come to its end is a fault of the case, but for watches
      bodyTimeout: 30_000,
      pipelining: 1,
    })
  }

  async request(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await this.#send(method, path, sent)
    const text = await answer.body.text()
    return { status: answer.statusCode, headers: kept(answer.headers), body: parsed(text) }
  }

  /** An answer whose body comes in parts. */
  stream(path: string, signal: AbortSignal, sent: Sent = {}): Promise<Dispatcher.ResponseData> {
    return this.#send('GET', path, sent, signal)
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  #send(method: string, path: string, sent: Sent, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    const body = sent.raw ?? (sent.body === undefined ? null : JSON.stringify(sent.body))
    return this.#agent.request({
      origin: this.#side.url,
      path,
      method: method as Dispatcher.HttpMethod,
      headers: {
        accept: sent.accept ?? 'application/json',
        'user-agent': 'conformance/1',
        ...(body === null ? {} : { 'content-type': sent.contentType ?? 'application/json' }),
        ...this.#side.headers,
        ...sent.headers,
      },
      body,
      ...(signal === undefined ? {} : { signal }),
    })
  }
}

function kept(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
