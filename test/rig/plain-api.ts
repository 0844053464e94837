import { Agent, type Dispatcher } from 'undici'
import { type PlainKubeconfig, readKubeconfig } from './plain-kubeconfig.ts'

/**
 * A Kubernetes API client of the tests' own. It shares no line with `src/cluster`, so that what tests see and what the simulated
 * kubelets do cannot be wrong in the same way as the program under test.
 */
export interface PlainApi {
  readonly server: string
  get<T>(path: string): Promise<T>
  /** The answer's body as text, e.g. of a pod's log. */
  text(path: string): Promise<string>
  post<T>(path: string, body: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  /** A strategic merge patch, or a JSON merge patch where the kind is a custom resource. */
  patch<T>(path: string, body: unknown, kind?: PatchKind): Promise<T>
  delete<T>(path: string, body?: unknown): Promise<T>
  /** One JSON object a line, as a watch gives them; ends with the server's stream, throws on a broken connection. */
  lines(path: string, signal: AbortSignal): AsyncGenerator<unknown>
  close(): Promise<void>
}

export type PatchKind = 'strategic-merge-patch' | 'merge-patch' | 'json-patch'

/** An answer that is not 2xx. */
export class PlainApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'PlainApiError'
    this.status = status
  }
}

interface Sent {
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal
}

/** `kubeconfig` is a path, or what such a file says. */
export function plainApi(kubeconfig: string | PlainKubeconfig, options: { connections?: number } = {}): PlainApi {
  const config = typeof kubeconfig === 'string' ? readKubeconfig(kubeconfig) : kubeconfig
  const { ca, cert, key } = config
  const tls = ca === undefined ? { rejectUnauthorized: false } : { ca }
  const agent = new Agent({
    connections: options.connections ?? 32,
    connect: { ...tls, ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
    headersTimeout: 60_000,
    bodyTimeout: 0, // a quiet watch is not a fault
  })
  const send = (method: Dispatcher.HttpMethod, path: string, { body, contentType = 'application/json', signal }: Sent = {}) =>
    agent.request({
      origin: config.server,
      path,
      method,
      headers: {
        accept: 'application/json',
        ...(config.token === undefined ? {} : { authorization: `Bearer ${config.token}` }),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  const text = async (method: Dispatcher.HttpMethod, path: string, sent?: Sent): Promise<string> => {
    const answer = await send(method, path, sent)
    const content = await answer.body.text()
    if (answer.statusCode >= 300) throw refusal(answer.statusCode, method, path, content)
    return content
  }
  const json = async <T>(...args: Parameters<typeof text>): Promise<T> => JSON.parse(await text(...args)) as T
  return {
    server: config.server,
    get: (path) => json('GET', path),
    text: (path) => text('GET', path),
    post: (path, body) => json('POST', path, { body }),
    put: (path, body) => json('PUT', path, { body }),
    patch: (path, body, kind = 'strategic-merge-patch') => json('PATCH', path, { body, contentType: `application/${kind}+json` }),
    delete: (path, body) => json('DELETE', path, { body }),
    async *lines(path, signal) {
      const answer = await send('GET', path, { signal })
      if (answer.statusCode >= 300) throw refusal(answer.statusCode, 'GET', path, await answer.body.text())
      yield* jsonLines(answer.body)
    },
    close: () => agent.destroy(),
  }
}

async function* jsonLines(body: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let rest: Buffer[] = []
  for await (const chunk of body) {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)])
      rest = []
      from = end + 1
      if (line.length > 0) yield JSON.parse(line.toString('utf8'))
    }
    if (from < chunk.length) rest.push(chunk.subarray(from))
  }
}

function refusal(status: number, method: string, path: string, content: string): PlainApiError {
  let message = content.slice(0, 300)
  try {
    message = (JSON.parse(content) as { message?: string }).message ?? message
  } catch {
    // not a Status object: the text says enough
  }
  return new PlainApiError(status, `${method} ${path}: ${status} ${message}`)
}
