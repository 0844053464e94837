import { ApiError } from '../../src/cluster/api-error.ts'
import type { ApiRequest, ApiStream, ApiTransport } from '../../src/cluster/transport.ts'
import { isSelected, type MemorySelection } from './memory-selection.ts'

/** Any object of an API. */
export interface MemoryObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** One request that has reached the server, e.g. `PATCH /api/v1/nodes/n1`. */
export interface MemoryRequest {
  readonly line: string
  readonly request: ApiRequest
}

interface Watcher {
  readonly selection: MemorySelection
  push(event: object): void
}

interface Happened {
  readonly path: string
  readonly version: number
  readonly event: { readonly type: string; readonly object: MemoryObject }
}

/**
 * An API server in this process, for a whole controller in virtual time: list, watch, POST, merge PATCH, DELETE of any path, and texts (logs).
 * A list is what has a `limit`.
 */
export class MemoryApi implements ApiTransport {
  readonly requests: MemoryRequest[] = []
  readonly objects = new Map<string, MemoryObject>()
  readonly texts = new Map<string, string>()
  /** Decides about each request before it is served: the HTTP status of a refusal, or `undefined`. */
  refuse: (line: string) => ApiError | undefined = () => undefined
  readonly #watchers = new Set<Watcher>()
  readonly #history: Happened[] = []
  #version = 1000

  /** Requests that change something, and those of a line that matches. */
  lines(matching = /./): readonly string[] {
    return this.requests.map((r) => r.line).filter((line) => matching.test(line))
  }

  /** Bodies of the requests whose line matches. */
  bodies(matching: RegExp): readonly unknown[] {
    return this.requests.filter((r) => matching.test(r.line)).map((r) => r.request.body)
  }

  /** Writes an object as another client would. */
  put(path: string, object: MemoryObject): MemoryObject {
    this.#version += 1
    const known = this.objects.get(path)
    const metadata = { uid: `uid-${path}-${this.#version}`, ...object.metadata, resourceVersion: String(this.#version) }
    const stored = { ...object, metadata }
    this.objects.set(path, stored)
    this.#tell(path, known === undefined ? 'ADDED' : 'MODIFIED', stored)
    return stored
  }

  /** Deletes an object as another client would. */
  remove(path: string): void {
    const known = this.objects.get(path)
    if (known === undefined) return
    this.#version += 1
    this.objects.delete(path)
    this.#tell(path, 'DELETED', { ...known, metadata: { ...known.metadata, resourceVersion: String(this.#version) } })
  }

  async json<T>(request: ApiRequest): Promise<T> {
    this.#note(request)
    return this.#serve(request) as T
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    this.#note(request)
    const text = this.texts.get(request.path)
    if (text !== undefined) return once(text)
    const { watch, resourceVersion } = request.query ?? {}
    if (watch === undefined) throw notFound(request.path)
    const queue = new EventQueue()
    const watcher = { selection: selectionOf(request), push: queue.push }
    for (const past of this.#history) if (past.version > Number(resourceVersion)) tell(watcher, past)
    this.#watchers.add(watcher)
    request.signal?.addEventListener('abort', () => queue.close(), { once: true })
    return queue.stream(() => this.#watchers.delete(watcher))
  }

  #note(request: ApiRequest): void {
    const line = `${request.method} ${request.path}`
    this.requests.push({ line, request })
    const refusal = this.refuse(line)
    if (refusal !== undefined) throw refusal
  }

  #serve(request: ApiRequest): unknown {
    const { method, path, query, body } = request
    const target = path.replace(/\/status$/, '')
    const stored = this.objects.get(target)
    if (method === 'POST') return this.#create(path, body as MemoryObject)
    if (method === 'GET' && query?.limit !== undefined) {
      return { metadata: { resourceVersion: String(this.#version) }, items: this.#list(selectionOf(request)) }
    }
    if (stored === undefined) throw notFound(path)
    if (method === 'GET') return stored
    if (method === 'DELETE') {
      this.remove(target)
      return stored
    }
    if (method !== 'PATCH') throw new ApiError({ status: 405, message: `${method} is not served here` })
    return this.put(target, merged(stored, body) as MemoryObject)
  }

  #create(collection: string, object: MemoryObject): MemoryObject {
    const path = `${collection}/${object.metadata.name}`
    if (this.objects.has(path)) throw new ApiError({ status: 409, reason: 'AlreadyExists', message: `${path} exists` })
    return this.put(path, object)
  }

  #list(selection: MemorySelection): readonly MemoryObject[] {
    return [...this.objects].filter(([path, object]) => isSelected(selection, path, object)).map(([, object]) => object)
  }

  #tell(path: string, type: string, object: MemoryObject): void {
    const happened = { path, version: this.#version, event: { type, object } }
    this.#history.push(happened)
    for (const watcher of this.#watchers) tell(watcher, happened)
  }
}

function tell({ selection, push }: Watcher, { path, event }: Happened): void {
  if (isSelected(selection, path, event.object)) push(event)
}

function selectionOf({ path, query = {} }: ApiRequest): MemorySelection {
  const { labelSelector = '', fieldSelector = '' } = query
  return { collection: path, labelSelector: String(labelSelector), fieldSelector: String(fieldSelector) }
}

class EventQueue {
  readonly #waiting: Uint8Array[] = []
  #wake = () => {}
  #closed = false

  readonly push = (event: object): void => {
    this.#waiting.push(new TextEncoder().encode(`${JSON.stringify(event)}\n`))
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  stream(onEnd: () => void): ApiStream {
    const chunks = this.#chunks(onEnd)
    return { [Symbol.asyncIterator]: () => chunks, close: () => this.close() }
  }

  async *#chunks(onEnd: () => void): AsyncGenerator<Uint8Array> {
    while (!this.#closed) {
      yield* this.#waiting.splice(0)
      if (this.#waiting.length === 0 && !this.#closed) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
    onEnd()
  }
}

function once(text: string): ApiStream {
  async function* chunks() {
    yield new TextEncoder().encode(text)
  }
  const iterator = chunks()
  return { [Symbol.asyncIterator]: () => iterator, close: () => {} }
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}

function notFound(path: string): ApiError {
  return new ApiError({ status: 404, reason: 'NotFound', message: `${path} not found` })
}
