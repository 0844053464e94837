import type { Dispatcher } from 'undici'
import { FalkirkError } from '../core/falkirk-error.ts'
import { readBody } from './answer-body.ts'
import { answerError } from './answer-error.ts'
import { type ClientIdentity, requestOptions } from './client-request.ts'
import { type Clock, systemClock } from './clock.ts'
import type { ClusterAccess, Credentials } from './cluster-access.ts'
import { Connections } from './connections.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { nextTry, type Tries, triesAfter } from './next-try.ts'
import { responseStream } from './response-stream.ts'
import type { ApiRequest, ApiStream, ApiTransport } from './transport.ts'
import { unreachable, withoutPassword } from './unreachable.ts'

export interface TransportOptions {
  /** For the User-Agent `falkirk/VERSION`. */
  readonly version?: string
  readonly clock?: Clock
}

type Answer = Dispatcher.ResponseData

/** One call of the transport: a request, its time, and the credentials it began with. */
interface Call {
  readonly request: ApiRequest
  readonly deadline: Deadline
  readonly credentials: Credentials
}

const defaultTimeoutMs = 30_000
const giveUp = { kind: 'Throw' } as const

/**
 * Speaks HTTP(S) to an API server. Connections are kept and shared; credentials are renewed once after a 401;
 * what may be sent again without doing something twice is sent again (see `next-try.ts`). Logs nothing.
 */
export function createTransport(access: ClusterAccess, options: TransportOptions = {}): ApiTransport & { close(): Promise<void> } {
  return new HttpsTransport(access, options)
}

class HttpsTransport implements ApiTransport {
  readonly #access: ClusterAccess
  readonly #clock: Clock
  readonly #identity: ClientIdentity
  readonly #connections: Connections

  constructor(access: ClusterAccess, { version = 'dev', clock = systemClock }: TransportOptions) {
    this.#access = access
    this.#clock = clock
    this.#identity = { server: new URL(access.server), userAgent: `falkirk/${version}` }
    this.#connections = new Connections(access)
  }

  async json<T>(request: ApiRequest): Promise<T> {
    const call = await this.#begin(request)
    try {
      return await this.#untilAnswered(call, async (credentials) => {
        const answer = await this.#send(this.#connections.of(credentials).requests, call, { credentials, gzip: request.method === 'GET' })
        return (await this.#readJson(request, answer)) as T
      })
    } finally {
      call.deadline.end()
    }
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    const call = await this.#begin({ ...request, whenBusy: 'Fail' })
    const { deadline } = call
    try {
      const answer = await this.#untilAnswered(call, (credentials) =>
        this.#send(this.#connections.of(credentials).streams, call, { credentials, gzip: false }),
      )
      deadline.stopClock()
      return responseStream(answer.body, {
        signal: deadline.signal,
        onEnd: () => deadline.end(),
        asFault: (error) => unreachable(this.#access, error),
      })
    } catch (error) {
      deadline.end()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#connections.close()
  }

  /** Sends until there is an answer, or none that another try could better. */
  async #untilAnswered<T>(call: Call, send: (credentials: Credentials) => Promise<T>): Promise<T> {
    let { credentials } = call
    let tries: Tries = { sent: 1, renewed: false, resent: false }
    for (;;) {
      try {
        return await send(credentials)
      } catch (error) {
        const next = call.deadline.signal.aborted ? giveUp : nextTry(call.request, error, tries, call.deadline.remainingMs())
        if (next.kind === 'Throw') throw this.#fault(call, error)
        if (next.kind === 'Renew') credentials = await this.#access.renew(credentials)
        if (next.kind === 'Wait') await this.#clock.sleep(next.ms, call.deadline.signal)
        tries = triesAfter(tries, next)
      }
    }
  }

  /** The clock starts when the credentials are there: an exec plugin may ask a person first. */
  async #begin(request: ApiRequest): Promise<Call> {
    const credentials = await unlessAborted(this.#access.credentials(), request.signal)
    return { request, credentials, deadline: startDeadline(this.#clock, request.timeoutMs ?? defaultTimeoutMs, request.signal) }
  }

  async #send(dispatcher: Dispatcher, { request, deadline }: Call, how: { credentials: Credentials; gzip: boolean }): Promise<Answer> {
    const answer = await dispatcher.request({ ...requestOptions(this.#identity, request, how), signal: deadline.signal })
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer
    const body = await readBody(answer.body, header(answer, 'content-encoding'))
    const refused = {
      status: answer.statusCode,
      retryAfter: header(answer, 'retry-after'),
      location: header(answer, 'location'),
      body: body.toString('utf8'),
    }
    throw answerError(this.#access, request, refused, this.#clock.now())
  }

  async #readJson(request: ApiRequest, answer: Answer): Promise<unknown> {
    const body = await readBody(answer.body, header(answer, 'content-encoding'))
    try {
      return JSON.parse(body.toString('utf8'))
    } catch {
      const type = header(answer, 'content-type') ?? 'no content type'
      const message = `${request.method} ${request.path} was answered with ${type} that is no JSON: check that ${withoutPassword(this.#access.server)} is an API server`
      throw new FalkirkError('FK_API_REFUSED', message, { retry: 'backoff' })
    }
  }

  #fault({ request, deadline }: Call, error: unknown): unknown {
    if (request.signal?.aborted) return request.signal.reason
    if (error instanceof FalkirkError) return error
    return unreachable(this.#access, deadline.signal.aborted ? deadline.signal.reason : error)
  }
}

/** Rejects with the signal's reason as soon as it aborts; the work itself goes on for others who wait for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function header({ headers }: Answer, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
