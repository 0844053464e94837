import type { ApiError } from '../../../cluster/api-error.ts'
import { apiErrorFromStatus } from '../../../cluster/api-error.ts'
import type { Clock } from '../../../cluster/clock.ts'
import { nextTry, type Tries, triesAfter } from '../../../cluster/next-try.ts'
import type { ApiRequest, ApiStream, ApiTransport } from '../../../cluster/transport.ts'
import { FalkirkError } from '../../../core/falkirk-error.ts'
import type { TwinRequest, TwinResponse } from '../http/twin-request.ts'
import type { TwinServer } from '../http/twin-server.ts'
import type { UserInfo } from '../user-info.ts'

export interface InProcessOptions {
  readonly server: TwinServer
  readonly clock: Clock
  /** Who asks; where it is not told, the server's access control finds out by the token. */
  readonly user?: UserInfo
  readonly token?: string
  /** `falkirk/dev` unless told. */
  readonly userAgent?: string
}

const usualTimeoutMs = 30_000

/**
 * Reaches an API server of the same process without a wire. Answers share parts with what the server stores and are not to be changed.
 * What may be sent again is sent again by the same rules as over HTTPS.
 */
export function createInProcessTransport(options: InProcessOptions): ApiTransport {
  return new InProcessTransport(options)
}

class InProcessTransport implements ApiTransport {
  readonly #options: InProcessOptions
  readonly #encoder = new TextEncoder()

  constructor(options: InProcessOptions) {
    this.#options = options
  }

  async json<T>(request: ApiRequest): Promise<T> {
    const response = await this.#untilAnswered(request)
    switch (response.kind) {
      case 'Object':
        return response.object as T
      case 'Bytes':
        return parsed(response.body, request) as T
      case 'Stream':
        return parsed(await wholeText(response.pieces), request) as T
      case 'Broken':
        throw brokenConnection()
    }
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    const gone = new AbortController()
    const onAbort = () => {
      request.signal?.removeEventListener('abort', onAbort)
      gone.abort()
    }
    if (request.signal?.aborted) onAbort()
    request.signal?.addEventListener('abort', onAbort, { once: true })
    const response = await this.#send({ ...request, signal: gone.signal }).catch((error: unknown) => {
      onAbort()
      throw error
    })
    const pieces = piecesOf(response)
    return {
      close: onAbort,
      async *[Symbol.asyncIterator]() {
        const encoder = new TextEncoder()
        try {
          for await (const piece of pieces) {
            if (gone.signal.aborted) return
            yield encoder.encode(piece)
          }
        } finally {
          onAbort()
        }
      },
    }
  }

  async #untilAnswered(request: ApiRequest): Promise<TwinResponse> {
    const { clock } = this.#options
    const endMs = clock.now() + (request.timeoutMs ?? usualTimeoutMs)
    let tries: Tries = { sent: 1, renewed: true, resent: false }
    for (;;) {
      try {
        return await this.#send(request)
      } catch (error) {
        request.signal?.throwIfAborted()
        const next = nextTry(
          request,
          error instanceof FalkirkError && error.cause !== undefined ? error.cause : error,
          tries,
          endMs - clock.now(),
        )
        if (next.kind === 'Throw') throw error
        if (next.kind === 'Wait') await clock.sleep(next.ms, request.signal)
        tries = triesAfter(tries, next)
      }
    }
  }

  /** Throws `ApiError` for what is not 2xx, FK_API_UNREACHABLE for no answer in time. */
  async #send(request: ApiRequest): Promise<TwinResponse> {
    request.signal?.throwIfAborted()
    const response = await this.#inTime(request)
    if (response.kind === 'Broken') throw brokenConnection()
    if (response.status >= 300) throw refused(response)
    return response
  }

  /** One promise for the answer, its time limit and the abort, whichever is first: every look at a pod that is going is a request. */
  #inTime(request: ApiRequest): Promise<TwinResponse> {
    const { server, clock } = this.#options
    const timeoutMs = request.timeoutMs ?? usualTimeoutMs
    const { signal } = request
    const asked = this.#twinRequest(request)
    return new Promise((resolve, reject) => {
      const end = () => {
        cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      const fail = (error: unknown) => {
        end()
        reject(error)
      }
      const onAbort = () => fail(signal?.reason)
      const cancel = clock.after(timeoutMs, () => fail(unreachable(new Error(`no complete answer within ${timeoutMs / 1_000} s`))))
      signal?.addEventListener('abort', onAbort, { once: true })
      server.handle(asked).then((response) => {
        end()
        resolve(response)
      }, fail)
    })
  }

  #twinRequest({ method, path, query = {}, body, contentType, accept, signal }: ApiRequest): TwinRequest {
    const { user, token, userAgent = 'falkirk/dev' } = this.#options
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
    return {
      method,
      path,
      query: search,
      headers: {
        accept: accept ?? 'application/json',
        'content-type': contentType ?? 'application/json',
        'user-agent': userAgent,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: this.#encoder.encode(JSON.stringify(body)) }),
      ...(user === undefined ? {} : { user }),
      ...(signal === undefined ? {} : { signal }),
    }
  }
}

function refused(response: Exclude<TwinResponse, { kind: 'Broken' }>): ApiError {
  const status = response.kind === 'Object' ? response.object : { kind: 'Status', code: response.status, message: bodyText(response) }
  const { stackTraceLimit } = Error
  // an answer, not a defect: every pod that is looked for until it is gone ends with one
  Error.stackTraceLimit = 0
  const error = apiErrorFromStatus(withRetryAfter(status, response.headers?.['retry-after']))
  Error.stackTraceLimit = stackTraceLimit
  return error
}

function bodyText(response: TwinResponse): string {
  return response.kind === 'Bytes' ? String(response.body).trim() : ''
}

/** The header goes before what the Status says. */
function withRetryAfter(status: unknown, retryAfter: string | undefined): unknown {
  if (retryAfter === undefined) return status
  const { details = {}, ...rest } = status as { readonly details?: object }
  return { ...rest, details: { ...details, retryAfterSeconds: Number(retryAfter) } }
}

function parsed(body: string | Uint8Array, { method, path }: ApiRequest): unknown {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  try {
    return JSON.parse(text)
  } catch {
    throw new FalkirkError('FK_API_REFUSED', `${method} ${path} was answered with something that is no JSON`, { retry: 'backoff' })
  }
}

async function wholeText(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

function piecesOf(response: TwinResponse): AsyncIterable<string> | Iterable<string> {
  switch (response.kind) {
    case 'Stream':
      return response.pieces
    case 'Bytes':
      return [typeof response.body === 'string' ? response.body : new TextDecoder().decode(response.body)]
    case 'Object':
      return [JSON.stringify(response.object)]
    case 'Broken':
      throw brokenConnection()
  }
}

function brokenConnection(): FalkirkError {
  return unreachable(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
}

function unreachable(cause: Error): FalkirkError {
  return new FalkirkError('FK_API_UNREACHABLE', `the API server cannot be reached: ${cause.message}`, { cause, retry: 'backoff' })
}
