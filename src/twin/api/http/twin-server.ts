import { StatusError } from '../status-error.ts'
import type { UserInfo } from '../user-info.ts'
import { forbidden, type RequestAttributes, unauthorized } from './access.ts'
import { answerResource } from './answer-resource.ts'
import { type Judged, judgedBy } from './judged-request.ts'
import { otherPath } from './other-paths.ts'
import { InternalTextError, refusalAnswer } from './refusal-answer.ts'
import { type RequestTarget, requestTarget } from './request-target.ts'
import { verbOf } from './request-verb.ts'
import type { ServerParts } from './server-parts.ts'
import type { TwinRequest, TwinResponse } from './twin-request.ts'
import { withWarnings } from './with-warnings.ts'

/** Called for what is a defect of the server, not of the request. */
export type DefectListener = (error: unknown, request: TwinRequest) => void

/** The API server: a request in, an answer out. Never rejects. */
export class TwinServer {
  readonly #parts: ServerParts
  readonly #onDefect: DefectListener

  constructor(parts: ServerParts, onDefect: DefectListener = () => {}) {
    this.#parts = parts
    this.#onDefect = onDefect
  }

  async handle(request: TwinRequest): Promise<TwinResponse> {
    const warnings = new Set<string>()
    return withWarnings(await this.#answerOrRefuse(request, (text) => warnings.add(text)), warnings)
  }

  async #answerOrRefuse(request: TwinRequest, warn: Warn): Promise<TwinResponse> {
    try {
      return await this.#answer(request, warn)
    } catch (error) {
      if (error instanceof StatusError) return refusalAnswer(error)
      if (error instanceof InternalTextError) return error.answer(uriOf(request))
      this.#onDefect(error, request)
      return refusalAnswer(new StatusError(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`))
    }
  }

  async #answer(request: TwinRequest, warn: Warn): Promise<TwinResponse> {
    const target = requestTarget(request.path)
    const attributes = attributesOf(request, target)
    const user = await this.#authenticate(request)
    const judged = await judgedBy(this.#parts, attributes, user, request.signal)
    if (judged.kind === 'Answered') return judged.response
    const decision = await this.#parts.access.authorize(user, attributes)
    if (!decision.allowed) throw forbidden(user, attributes, decision.reason)
    const response = await this.#serve(request, target, { user, judged, warn })
    if (!judged.loseAnswer) return response
    if (response.kind === 'Stream') await response.pieces[Symbol.asyncIterator]().return?.()
    return { kind: 'Broken' }
  }

  async #authenticate(request: TwinRequest): Promise<UserInfo> {
    const { access } = this.#parts
    const user = request.user ?? (await access.authenticate(request.headers))
    if (user === undefined) throw unauthorized()
    return access.impersonate === undefined ? user : await access.impersonate(user, request.headers)
  }

  async #serve(request: TwinRequest, target: RequestTarget, { user, judged, warn }: Admitted): Promise<TwinResponse> {
    for (const document of this.#parts.documents) {
      const response = document(request, this.#parts)
      if (response !== undefined) return response
    }
    if (target.kind === 'Other') return otherPath(request, this.#parts)
    return await answerResource({ parts: this.#parts, request, target, user, lagMs: judged.lagMs, warn })
  }
}

type Warn = (text: string) => void

/** A request that may be carried out. */
interface Admitted {
  readonly user: UserInfo
  readonly judged: Judged
  readonly warn: Warn
}

function uriOf({ path, query }: TwinRequest): string {
  return query.size === 0 ? path : `${path}?${query}`
}

function attributesOf({ method, path, query }: TwinRequest, target: RequestTarget): RequestAttributes {
  if (target.kind === 'Other') return { verb: method.toLowerCase(), path }
  const { group, version, plural, subresource, namespace, name } = target
  return {
    verb: verbOf(method, target, query),
    path,
    resource: {
      group,
      version,
      plural,
      ...(subresource === undefined ? {} : { subresource: subresource.split('/')[0] ?? '' }),
      // A namespace is asked for as something in itself.
      ...(plural === 'namespaces' && group === '' && name !== undefined
        ? { namespace: name }
        : namespace === undefined
          ? {}
          : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
  }
}
