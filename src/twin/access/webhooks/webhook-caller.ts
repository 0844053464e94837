import type { Clock } from '../../../cluster/clock.ts'
import type { JsonObject } from '../../api/patch/json-object.ts'
import { type AdmissionAnswer, type ReviewVersion, readAnswer } from './admission-review.ts'
import { HttpsCaller, wordsOfFailure } from './https-caller.ts'
import type { Webhook } from './webhook.ts'
import { answeredWith, requestFailed } from './webhook-refusal.ts'
import { type ServiceResolver, targetOfUrl, type WebhookTarget } from './webhook-target.ts'

/** What came of a call. */
export type CallResult =
  | { readonly kind: 'Answered'; readonly answer: AdmissionAnswer }
  /** `why` is what comes after `failed calling webhook "x": `. */
  | { readonly kind: 'Failed'; readonly why: string }

export interface WebhookCall {
  readonly webhook: Webhook
  readonly review: JsonObject
  readonly version: ReviewVersion
  readonly uid: string
  /** Of the API server, for its words. */
  readonly minor: number
}

interface Place {
  readonly target: WebhookTarget
  /** As messages name it; the host is a name of the cluster where it is a Service. */
  readonly url: string
  readonly path: string
}

/** Asks webhooks: over HTTPS, or functions of this process. A call ends with the timeout that the webhook names, by the clock. */
export class WebhookCaller {
  readonly #clock: Clock
  readonly #resolve: ServiceResolver
  readonly #https = new HttpsCaller()

  constructor(clock: Clock, resolve: ServiceResolver) {
    this.#clock = clock
    this.#resolve = resolve
  }

  async call(call: WebhookCall): Promise<CallResult> {
    const { webhook, minor } = call
    const place = this.#placeOf(webhook)
    const failed = (why: string): CallResult => ({ kind: 'Failed', why: requestFailed(place.url, why, minor) })
    switch (place.target.kind) {
      case 'Unreachable':
        return failed(place.target.why)
      case 'Assumed':
        return { kind: 'Answered', answer: { allowed: true } }
      case 'Address':
      case 'InProcess':
        return await this.#inTime(call, place, failed)
    }
  }

  close(): Promise<void> {
    return this.#https.close()
  }

  async #inTime(call: WebhookCall, place: Place, failed: (why: string) => CallResult): Promise<CallResult> {
    const ended = new AbortController()
    const tooLate = new Promise<'TooLate'>((resolve) => {
      const cancel = this.#clock.after(timeoutSeconds(call.webhook) * 1_000, () => resolve('TooLate'))
      ended.signal.addEventListener('abort', cancel, { once: true })
    })
    try {
      const result = await Promise.race([this.#ask(call, place, ended.signal), tooLate])
      return result === 'TooLate' ? failed('context deadline exceeded') : result
    } catch (error) {
      const { hostname, port } = new URL(place.url)
      const address = place.target.kind === 'Address' ? place.target : { host: hostname, port: Number(port || 443) }
      return failed(wordsOfFailure(error, address.host, address.port))
    } finally {
      ended.abort()
    }
  }

  async #ask({ webhook, review, version, uid, minor }: WebhookCall, place: Place, signal: AbortSignal): Promise<CallResult> {
    const { target } = place
    if (target.kind === 'InProcess') return resultOf(await target.answer(review), { version, uid })
    if (target.kind !== 'Address') throw new TypeError(`a webhook is not asked that is ${target.kind}`)
    const { status, body } = await this.#https.post({
      url: `https://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}${place.path}`,
      serverName: new URL(place.url).hostname.replace(/^\[|\]$/g, ''),
      ca: Buffer.from(webhook.spec.clientConfig.caBundle ?? '', 'base64').toString('utf8'),
      body: JSON.stringify(review),
      signal,
    })
    if (status < 200 || status > 299) return { kind: 'Failed', why: answeredWith(status, minor) }
    return resultOf(parsed(body), { version, uid })
  }

  #placeOf({ spec }: Webhook): Place {
    const query = `?timeout=${timeoutSeconds({ spec })}s`
    const { service, url } = spec.clientConfig
    if (service === undefined) {
      const known = url ?? ''
      const { origin, pathname } = URL.canParse(known) ? new URL(known) : { origin: known, pathname: '/' }
      return { target: targetOfUrl(known), url: `${origin}${pathname}${query}`, path: `${pathname}${query}` }
    }
    const { namespace, name, port = 443, path = '' } = service
    const full = path.startsWith('/') ? path : `/${path}`
    return {
      target: this.#resolve(namespace, name, port),
      url: `https://${name}.${namespace}.svc:${port}${full}${query}`,
      path: `${full}${query}`,
    }
  }
}

function timeoutSeconds({ spec }: Pick<Webhook, 'spec'>): number {
  return spec.timeoutSeconds ?? 10
}

function resultOf(review: unknown, asked: { version: ReviewVersion; uid: string }): CallResult {
  const answer = readAnswer(review, asked)
  return typeof answer === 'string' ? { kind: 'Failed', why: answer } : { kind: 'Answered', answer }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
