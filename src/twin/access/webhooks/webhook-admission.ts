import type { Clock } from '../../../cluster/clock.ts'
import { type AdmissionRequest, type AdmissionStep, mutated } from '../../api/admission.ts'
import { newUid } from '../../api/object-name.ts'
import type { JsonObject } from '../../api/patch/json-object.ts'
import { applyJsonPatch } from '../../api/patch/json-patch.ts'
import { apiVersionOf, type ResourceCatalog, type ServedResource } from '../../api/resource-catalog.ts'
import { type ResourceType, storedAs } from '../../api/resource-type.ts'
import { sameJson } from '../../api/same-json.ts'
import type { VersionConversion } from '../../api/version-conversion.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { type AdmissionAnswer, admissionReview, type ReviewVersion } from './admission-review.ts'
import { conditionsHold } from './match-conditions.ts'
import { Reinvocation } from './reinvocation.ts'
import { configurationsOf, type Webhook, type WebhookKind, webhooksOf } from './webhook.ts'
import { WebhookCaller } from './webhook-caller.ts'
import { matchedAs, type ResourceName, type WebhookQuestion } from './webhook-match.ts'
import { callFailed, deniedBy, internalError, noDryRun } from './webhook-refusal.ts'
import type { ServiceResolver } from './webhook-target.ts'

export interface WebhookPorts {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly random: () => number
  /** Asked when the first request comes. */
  readonly catalog: () => ResourceCatalog
  readonly conversion: VersionConversion
  readonly resolve: ServiceResolver
  /** What fills in what a webhook has left out. */
  readonly defaults: (draft: DraftObject, request: AdmissionRequest) => DraftObject
  /** Plugins that look again at an object that a webhook has changed. */
  readonly plugins: readonly AdmissionStep[]
}

/** No webhook decides about webhooks: nobody could get out of that. */
const neverAsked: ReadonlySet<string> = new Set([configurationsOf('Mutating'), configurationsOf('Validating')])

function isAsked({ type }: Pick<AdmissionRequest, 'type'>): boolean {
  return !neverAsked.has(storedAs(type))
}

/** The admission webhooks that are configured in the cluster. Source: Kubernetes, Dynamic Admission Control. */
export class WebhookAdmission {
  /** Mutating ones, then validating ones. */
  readonly steps: readonly AdmissionStep[]
  readonly #ports: WebhookPorts
  readonly #caller: WebhookCaller

  constructor(ports: WebhookPorts) {
    this.#ports = ports
    this.#caller = new WebhookCaller(ports.clock, ports.resolve)
    this.steps = [
      { name: 'MutatingAdmissionWebhook', concerns: isAsked, mutate: (request) => this.#mutate(request) },
      { name: 'ValidatingAdmissionWebhook', concerns: isAsked, validate: (request) => this.#validate(request) },
    ]
  }

  /** Ends the connections. */
  close(): Promise<void> {
    return this.#caller.close()
  }

  #mutate(request: AdmissionRequest): Promise<DraftObject | undefined> | DraftObject | undefined {
    const webhooks = this.#hooks('Mutating', request)
    return webhooks.length === 0 ? request.object : this.#mutateWith(webhooks, request)
  }

  async #mutateWith(webhooks: readonly Webhook[], request: AdmissionRequest): Promise<DraftObject | undefined> {
    const state = new Reinvocation()
    const first = await this.#pass(webhooks, request, state)
    if (!state.changed || first === undefined) return first
    const again = await mutated(this.#ports.plugins, { ...request, object: first })
    if (!sameJson(again, first)) state.objectChanged('Plugin')
    const due = webhooks.filter(({ key }) => state.isDue(key))
    return await this.#pass(due, again === undefined ? request : { ...request, object: again }, state)
  }

  /** Asks one after the other; each gets what the one before has left. */
  async #pass(webhooks: readonly Webhook[], request: AdmissionRequest, state: Reinvocation): Promise<DraftObject | undefined> {
    let object = request.object
    for (const webhook of webhooks) {
      const current = object === undefined ? request : { ...request, object }
      const asked = await this.#ask(webhook, current)
      if (asked === undefined) continue
      const next = object === undefined ? undefined : this.#patched(object, asked, current)
      if (next !== undefined && !sameJson(next, object)) state.objectChanged('Webhook')
      if (webhook.spec.reinvocationPolicy === 'IfNeeded') state.asked(webhook.key)
      object = next
    }
    return object
  }

  #validate(request: AdmissionRequest): Promise<void> | undefined {
    const webhooks = this.#hooks('Validating', request)
    return webhooks.length === 0 ? undefined : this.#validateWith(webhooks, request)
  }

  /** All are asked at the same time; the first refusal in their order counts. */
  async #validateWith(webhooks: readonly Webhook[], request: AdmissionRequest): Promise<void> {
    const results = await Promise.allSettled(webhooks.map((webhook) => this.#ask(webhook, request)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #hooks(kind: WebhookKind, request: AdmissionRequest): readonly Webhook[] {
    return this.#ports.store.count(configurationsOf(kind)) > 0 && isAsked(request) ? webhooksOf(this.#ports.store, kind) : []
  }

  /** What a webhook has allowed; `undefined` when it is not asked, or is not minded. Throws `StatusError` when it refuses. */
  async #ask(webhook: Webhook, request: AdmissionRequest): Promise<Allowed | undefined> {
    const question = this.#questionOf(request)
    const resource = matchedAs(webhook, question)
    if (resource === undefined) return undefined
    const as = this.#servedAs(request, resource)
    const object = this.#shown(request.object, request, as)
    const matched = { ...resource, kind: as?.type.kind ?? request.type.kind }
    const facts = { request, matched, object, oldObject: this.#shown(request.oldObject, request, as) }
    if (!conditionsHold(webhook, facts)) return undefined
    const { sideEffects } = webhook.spec as { readonly sideEffects?: string }
    if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') throw noDryRun(webhook.name)
    const version: ReviewVersion =
      webhook.spec.admissionReviewVersions?.find((one) => one === 'v1' || one === 'v1beta1') === 'v1' ? 'v1' : 'v1beta1'
    const uid = newUid(this.#ports.random)
    const review = admissionReview({ ...facts, uid, version })
    const { minor } = this.#ports.catalog()
    const result = await this.#caller.call({ webhook, review, version, uid, minor })
    if (result.kind === 'Failed') {
      if (webhook.spec.failurePolicy === 'Ignore') return undefined
      throw callFailed(webhook.name, result.why)
    }
    for (const warning of result.answer.warnings ?? []) request.warn?.(warning)
    if (!result.answer.allowed) throw deniedBy(webhook.name, result.answer)
    return { answer: result.answer, object, as }
  }

  #questionOf({ operation, type, version, subresource, namespace, object, oldObject }: AdmissionRequest): WebhookQuestion {
    const resource = { group: type.group, version, plural: type.plural }
    return {
      operation,
      resource,
      equivalents: () => this.#equivalents(type, resource),
      subresource,
      namespaced: namespace !== undefined,
      namespaceLabels: this.#namespaceLabels({ type, namespace, object, oldObject }),
      objectLabels: [object, oldObject].flatMap((one) => (one === undefined ? [] : [one.metadata?.labels ?? {}])),
    }
  }

  #equivalents(type: ResourceType, { group, version }: ResourceName): readonly ResourceName[] {
    const catalog = this.#ports.catalog()
    const same = catalog.types().filter((other) => storedAs(other) === storedAs(type))
    return same
      .flatMap((other) => catalog.versionsOf(other).map((one) => ({ group: other.group, version: one, plural: other.plural })))
      .filter((other) => other.group !== group || other.version !== version)
  }

  #namespaceLabels({ type, namespace, object, oldObject }: Placed): Readonly<Record<string, string>> | undefined {
    if (storedAs(type) === 'namespaces') return (object ?? oldObject)?.metadata?.labels ?? {}
    if (namespace === undefined) return undefined
    return this.#ports.store.get('namespaces', undefined, namespace)?.metadata.labels ?? {}
  }

  #servedAs({ type }: AdmissionRequest, { group, version, plural }: ResourceName): ServedResource | undefined {
    if (group === type.group && plural === type.plural) return { type, version }
    return this.#ports.catalog().served(group, version, plural)
  }

  /** An object as a webhook sees it: whole, and in the version that it asked for. */
  #shown(
    object: DraftObject | undefined,
    { type, namespace, subresource }: AdmissionRequest,
    as: ServedResource | undefined,
  ): DraftObject | undefined {
    if (object === undefined || as === undefined) return object
    if (subresource !== undefined && object.kind !== undefined && object.kind !== type.kind) return object
    const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) }
    const whole = { apiVersion: apiVersionOf(type.group, as.version), kind: type.kind, ...object, metadata } as KubeObject
    return this.#ports.conversion.toServed(whole, as)
  }

  #patched(object: DraftObject, { answer, object: shown, as }: Allowed, request: AdmissionRequest): DraftObject {
    const patch = patchOf(answer)
    if (patch === undefined || shown === undefined || as === undefined) return object
    const next = applied(shown, patch, this.#ports.catalog().minor)
    if (shown.kind !== as.type.kind) return next
    return this.#ports.defaults(this.#ports.conversion.toStored(next, as), request)
  }
}

interface Allowed {
  readonly answer: AdmissionAnswer
  readonly object: DraftObject | undefined
  readonly as: ServedResource | undefined
}

type Placed = Pick<AdmissionRequest, 'type'> & {
  readonly namespace: string | undefined
  readonly object: DraftObject | undefined
  readonly oldObject: DraftObject | undefined
}

function patchOf({ patch = '' }: AdmissionAnswer): unknown {
  if (patch === '') return undefined
  try {
    return JSON.parse(Buffer.from(patch, 'base64').toString('utf8'))
  } catch (error) {
    throw internalError((error as Error).message)
  }
}

/** Whatever is wrong with a patch is the server's fault in the eyes of the client. */
function applied(object: DraftObject, patch: unknown, minor: number): DraftObject {
  try {
    return applyJsonPatch(object as JsonObject, patch, minor) as DraftObject
  } catch (error) {
    throw internalError((error as Error).message)
  }
}
