import { pathNotFound } from '../http/refusal-answer.ts'
import type { DocumentSource } from '../http/server-parts.ts'
import { OpenApiAnswers } from './open-api-answer.ts'
import type { Describe } from './open-api-schema.ts'

/** Serves `/openapi/v2` and `/openapi/v3…` of everything that the server's catalog has; `describe` gives the descriptions where there are some. */
export function openApiDocumentSource(describe?: Describe): DocumentSource {
  const answers = new OpenApiAnswers(describe)
  return (request, { catalog, gitVersion }) => {
    if (request.method !== 'GET' || !request.path.startsWith('/openapi/')) return undefined
    const answer = answers.answer({ types: catalog.types(), minor: catalog.minor, gitVersion }, request.path, request.headers.accept)
    if (answer === undefined) return pathNotFound
    const cacheControl = answer.isImmutable && request.query.has('hash') ? 'public, immutable' : 'no-cache, private'
    const headers = { 'content-type': answer.contentType, 'cache-control': cacheControl, vary: 'Accept' }
    return { kind: 'Bytes', status: 200, headers, body: answer.body }
  }
}
