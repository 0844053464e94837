import type { TwinResponse } from './twin-request.ts'
import type { TwinServer } from './twin-server.ts'

/** A request in one line: `request(server, 'GET', '/api/v1/pods?limit=1')`. A body that is no text is sent as JSON. */
export interface SentRequest {
  readonly body?: unknown
  readonly contentType?: string
  readonly accept?: string
  readonly userAgent?: string
  readonly signal?: AbortSignal
}

/** Sends one and gives the answer as it comes. */
export function send(server: TwinServer, method: string, target: string, sent: SentRequest = {}): Promise<TwinResponse> {
  const [path = '', query = ''] = target.split('?', 2)
  const { body, contentType = 'application/json', accept = 'application/json', userAgent = 'test/1', signal } = sent
  return server.handle({
    method,
    path,
    query: new URLSearchParams(query),
    headers: { accept, 'content-type': contentType, 'user-agent': userAgent },
    ...(body === undefined ? {} : { body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)) }),
    ...(signal === undefined ? {} : { signal }),
  })
}

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about
export type Json = any

export interface Answered {
  readonly status: number
  readonly body: Json
  readonly headers: Readonly<Record<string, string>>
}

/** Sends one and reads the whole answer, as a client does. */
export async function ask(server: TwinServer, method: string, target: string, sent: SentRequest = {}): Promise<Answered> {
  const response = await send(server, method, target, sent)
  switch (response.kind) {
    case 'Object':
      return { status: response.status, body: JSON.parse(JSON.stringify(response.object)), headers: response.headers ?? {} }
    case 'Bytes':
      return { status: response.status, body: bodyOf(String(response.body), response.headers['content-type']), headers: response.headers }
    case 'Stream':
      return { status: response.status, body: await wholeStream(response.pieces), headers: response.headers }
    case 'Broken':
      return { status: 0, body: undefined, headers: {} }
  }
}

function bodyOf(text: string, type = ''): Json {
  return type.startsWith('application/json') ? JSON.parse(text) : text
}

async function wholeStream(pieces: AsyncIterable<string>): Promise<Json[]> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
