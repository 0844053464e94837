import type { ServerResponse } from 'node:http'
import { type SeenRequest, sendJson, startServer, statusBody } from './http-server.ts'

/** Any object of an API. */
export interface AnyObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion?: string }
  readonly [field: string]: unknown
}

export interface ObjectServer {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  /** By path; may be written to as by another client. */
  readonly objects: Map<string, AnyObject>
  /** Puts an object with a new resourceVersion, as another client would. */
  put(path: string, object: AnyObject): void
  /** Decides about each request before it is served: `true` when it has answered, or means to keep silent (`Hang`). */
  intercept: (request: SeenRequest, response: ServerResponse) => boolean | 'Hang'
  /** Requests that were not answered and never will be. */
  hung(): number
}

/** An API server for single objects of any path: POST, GET, PUT with optimistic locking, merge PATCH of top-level fields. Ends with the test. */
export async function startObjectServer(): Promise<ObjectServer> {
  const objects = new Map<string, AnyObject>()
  let version = 100
  let hung = 0
  const store = (path: string, object: AnyObject): AnyObject => {
    version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    objects.set(path, stored)
    return stored
  }
  const http = await startServer((request, response) => {
    const intercepted = made.intercept(request, response)
    if (intercepted === 'Hang') {
      hung += 1
      response.on('close', () => {
        hung -= 1
      })
    } else if (!intercepted) serve(request, response, { objects, store })
  })
  const made: ObjectServer = {
    url: http.url,
    seen: http.seen,
    objects,
    put: (path, object) => void store(path, object),
    intercept: () => false,
    hung: () => hung,
  }
  return made
}

interface Store {
  readonly objects: ReadonlyMap<string, AnyObject>
  readonly store: (path: string, object: AnyObject) => AnyObject
}

function serve({ method, url, body }: SeenRequest, response: ServerResponse, { objects, store }: Store): void {
  const sent = body === '' ? undefined : (JSON.parse(body) as AnyObject)
  const path = method === 'POST' ? `${url}/${sent?.metadata.name}` : url
  const stored = objects.get(path)
  const fail = (code: number, reason: string) => sendJson(response, statusBody(code, reason, `${path}: ${reason}`), code)
  if (method === 'POST' && stored !== undefined) fail(409, 'AlreadyExists')
  else if (method !== 'POST' && stored === undefined) fail(404, 'NotFound')
  else if (isOutdated(sent, stored) && method === 'PUT') fail(409, 'Conflict')
  else if (method === 'GET') sendJson(response, stored)
  else
    sendJson(
      response,
      store(path, {
        ...(method === 'PATCH' ? stored : {}),
        ...(sent as AnyObject),
        metadata: (sent?.metadata ?? stored?.metadata) as AnyObject['metadata'],
      }),
    )
}

function isOutdated(sent: AnyObject | undefined, stored: AnyObject | undefined): boolean {
  const version = sent?.metadata?.resourceVersion
  return version !== undefined && version !== stored?.metadata.resourceVersion
}
