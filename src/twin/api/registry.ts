import type { Clock } from '../../cluster/clock.ts'
import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ObjectKey } from '../twin-client.ts'
import { type AdmissionRequest, type AdmissionStep, mutated, validated } from './admission.ts'
import { AdmissionPlan } from './admission-plan.ts'
import { carryOutDeletion, type Deleted, decideDeletionOf, foreseenDeletion } from './carry-out-deletion.ts'
import { type DeleteOptions, goesWithUpdate } from './decide-deletion.ts'
import { nameTaken } from './name-taken.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { type CreationChance, prepareCreation, type WriteRules } from './prepare-creation.ts'
import { isCreatedByUpdate, prepareUpdate } from './prepare-update.ts'
import type { ResourceCatalog } from './resource-catalog.ts'
import type { ResourceStrategy } from './resource-strategy.ts'
import { type ResourceType, storedAs } from './resource-type.ts'
import { sameJson } from './same-json.ts'
import { notFound, type RefusedObject } from './status-error.ts'
import { refuseTooLarge } from './store-limit.ts'
import { UidSource } from './uid-source.ts'
import { apiServerUser, type UserInfo } from './user-info.ts'

export interface RegistryOptions {
  readonly store: ObjectStore
  readonly catalog: ResourceCatalog
  readonly clock: Clock
  /** Numbers in [0, 1); UIDs and generated names come from it. */
  readonly random: () => number
  /** What a kind asks of its writes; nothing unless told. */
  readonly strategyOf?: (type: ResourceType) => ResourceStrategy
  /** Beside NamespaceLifecycle, in this order. */
  readonly admission?: readonly AdmissionStep[]
}

/** How a write is meant. */
export interface WriteOptions {
  /** The API server itself unless told. */
  readonly user?: UserInfo
  readonly dryRun?: boolean
  readonly subresource?: string
  /** In which the request speaks; the newest unless told. */
  readonly version?: string
  /** Keeps account of field managers; called before admission. */
  readonly track?: (next: DraftObject, old: KubeObject | undefined) => DraftObject
  /** An update creates what is not there, whatever the kind. */
  readonly createIfMissing?: boolean
  /** CreateOptions and the like as they were sent, for admission. */
  readonly sent?: Readonly<Record<string, unknown>>
  /** The write goes through a subresource of another kind, which is what admission sees: a Scale. */
  readonly through?: AdmittedView
  /** Told by admission what the client shall know. */
  readonly warn?: (text: string) => void
}

/** How an object looks through a subresource of another kind, and what becomes of it when that is changed. */
export interface AdmittedView {
  readonly subresource: string
  of(object: DraftObject): DraftObject
  into(object: DraftObject, view: DraftObject): DraftObject
}

export interface SentToSubresource {
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly name: string
  readonly object: DraftObject
}

/** Makes the next object out of the one that is stored (`undefined`: none is); asked again when somebody was faster. */
export type NextObject = (current: KubeObject | undefined) => DraftObject | Promise<DraftObject>

/** The rules by which objects come into the store, change and go: the same for every client of the API server. All methods throw `StatusError`. */
export class Registry {
  readonly store: ObjectStore
  readonly catalog: ResourceCatalog
  readonly clock: Clock
  readonly #uids: UidSource
  readonly #chance: CreationChance
  readonly #strategyOf: (type: ResourceType) => ResourceStrategy
  readonly #admission: AdmissionPlan

  constructor(options: RegistryOptions) {
    this.store = options.store
    this.catalog = options.catalog
    this.clock = options.clock
    this.#uids = new UidSource(options.random, options.store)
    this.#chance = { random: options.random, newUid: () => this.#uids.next() }
    this.#strategyOf = options.strategyOf ?? (() => ({}))
    this.#admission = new AdmissionPlan([namespaceLifecycle(options.store), ...(options.admission ?? [])])
  }

  /** Throws 404. */
  get(type: ResourceType, { namespace, name }: ObjectKey): KubeObject {
    const object = this.store.get(storedAs(type), namespace, name)
    if (object === undefined) throw notFound(refused(type, name))
    return object
  }

  async create(type: ResourceType, draft: DraftObject, namespace: string | undefined, options: WriteOptions = {}): Promise<KubeObject> {
    const rules = this.#rules(type, options)
    const name = draft.metadata?.name ?? ''
    const defaulted = defaultedAndTracked(draft, undefined, rules, options)
    const place = { namespace: type.namespaced ? namespace : undefined, name }
    const request = this.#admissionRequest({ operation: 'CREATE', type, object: defaulted }, place, options)
    const steps = this.#admission.stepsFor(request)
    const changed = mutated(steps, request)
    const admitted = (changed instanceof Promise ? await changed : changed) ?? defaulted
    const next = this.#named(admitted, namespace, rules)
    const verdict = validated(steps, { ...request, name: next.metadata.name, object: next })
    if (verdict !== undefined) await verdict
    // Asked last: between this and the write nobody else has a turn.
    this.#refuseExisting(type, next)
    if (options.dryRun === true) return withoutVersion(next)
    if (comesFromOutside(options)) refuseTooLarge(next)
    return this.store.put(storedAs(type), next)
  }

  /** With a name of its own making it tries a few before it gives up. */
  #named(draft: DraftObject, namespace: string | undefined, rules: WriteRules): KubeObject {
    let next = prepareCreation(draft, namespace, rules, this.#chance)
    for (let tries = 1; tries < 8 && !draft.metadata?.name && this.#find(rules.type, next.metadata) !== undefined; tries += 1) {
      next = prepareCreation(draft, namespace, rules, this.#chance)
    }
    return next
  }

  /** Resolves with what is stored then; `created` when a PUT has made it. */
  async update(
    type: ResourceType,
    key: ObjectKey,
    next: NextObject,
    options: WriteOptions = {},
  ): Promise<{ object: KubeObject; created: boolean }> {
    for (;;) {
      const current = this.#find(type, key)
      if (current === undefined) return await this.#createByUpdate(type, key, next, options)
      const draft = next(current)
      const preparing = this.#prepared(type, current, draft instanceof Promise ? await draft : draft, options)
      const prepared = preparing instanceof Promise ? await preparing : preparing
      if (this.#find(type, key) !== current) continue
      if (options.dryRun !== true && comesFromOutside(options)) refuseTooLarge(prepared)
      return { object: this.#put(type, prepared, current, options.dryRun === true), created: false }
    }
  }

  async #createByUpdate(type: ResourceType, key: ObjectKey, next: NextObject, options: WriteOptions) {
    const creates = options.createIfMissing === true || isCreatedByUpdate(type, this.catalog.minor)
    if (options.subresource !== undefined || !creates) throw notFound(refused(type, key.name))
    return { object: await this.create(type, await next(undefined), key.namespace, options), created: true }
  }

  /** A promise only when admission has to be waited for. */
  #prepared(type: ResourceType, current: KubeObject, draft: DraftObject, options: WriteOptions): Promise<KubeObject> | KubeObject {
    const rules = this.#rules(type, options)
    const { through } = options
    const defaulted = defaultedAndTracked(draft, current, rules, options)
    const view = through === undefined ? defaulted : through.of(defaulted)
    const oldObject = through === undefined ? current : (through.of(current) as KubeObject)
    const asked = through === undefined ? options : { ...options, subresource: through.subresource }
    const request = this.#admissionRequest({ operation: 'UPDATE', type, object: view, oldObject }, current.metadata, asked)
    const steps = this.#admission.stepsFor(request)
    const checked = (admitted: DraftObject = view) => {
      const next = through === undefined ? admitted : admitted === view ? defaulted : through.into(defaulted, admitted)
      const prepared = prepareUpdate(next, current, rules)
      const verdict = validated(steps, { ...request, object: through === undefined ? prepared : through.of(prepared) })
      return verdict === undefined ? prepared : verdict.then(() => prepared)
    }
    const changed = mutated(steps, request)
    return changed instanceof Promise ? changed.then(checked) : checked(changed)
  }

  #put(type: ResourceType, next: KubeObject, current: KubeObject, dryRun: boolean): KubeObject {
    const { namespace, name } = current.metadata
    if (goesWithUpdate(next, current, type)) {
      if (!dryRun) this.store.remove(storedAs(type), namespace, name)
      return next
    }
    if (sameJson(next, current)) return current
    return dryRun ? next : this.store.put(storedAs(type), next)
  }

  /** Writes what the API server decides by itself (a binding, a granted eviction): without admission and the rules of the kind. Throws 404. */
  rewrite(type: ResourceType, key: ObjectKey, next: (current: KubeObject) => KubeObject, dryRun = false): KubeObject {
    const current = this.get(type, key)
    return this.#put(type, next(current), current, dryRun)
  }

  /** Takes an object over as another cluster had it, with its UID, time and status: without admission and the rules of the kind. */
  adopt(type: ResourceType, object: KubeObject): void {
    this.#uids.take(object.metadata.uid)
    this.store.put(storedAs(type), object)
  }

  /** Makes it another one of the same name. */
  renewUid(type: ResourceType, key: ObjectKey): void {
    this.rewrite(type, key, ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, uid: this.#uids.next() } }) as KubeObject)
  }

  /** Asks admission about what is posted to a subresource with a kind of its own: an Eviction, a Binding. */
  async admitSubresource({ type, namespace, name, object }: SentToSubresource, options: WriteOptions): Promise<void> {
    const request = this.#admissionRequest({ operation: 'CREATE', type, object }, { namespace, name }, options)
    const steps = this.#admission.stepsFor(request)
    const admitted = (await mutated(steps, request)) ?? object
    await validated(steps, { ...request, object: admitted })
  }

  async delete(type: ResourceType, key: ObjectKey, asked: DeleteOptions = {}, options: WriteOptions = {}): Promise<Deleted> {
    for (;;) {
      const current = this.get(type, key)
      const request = this.#admissionRequest({ operation: 'DELETE', type, oldObject: current }, key, options)
      const steps = this.#admission.stepsFor(request)
      const changed = mutated(steps, request)
      if (changed instanceof Promise) await changed
      const verdict = validated(steps, request)
      if (verdict !== undefined) await verdict
      const latest = this.get(type, key)
      if (latest !== current && latest.metadata.uid !== current.metadata.uid) continue
      const { version = this.#newest(type), dryRun = false } = options
      const rules = { type, version, strategy: this.#strategyOf(type), nowMs: this.clock.now(), minor: this.catalog.minor }
      const deletion = decideDeletionOf(latest, asked, rules)
      return dryRun ? foreseenDeletion(latest, deletion) : carryOutDeletion(this.store, storedAs(type), latest, deletion)
    }
  }

  #rules(type: ResourceType, { subresource, version }: WriteOptions): WriteRules {
    const context = { minor: this.catalog.minor, nowMs: this.clock.now(), subresource, version }
    return { type, strategy: this.#strategyOf(type), context }
  }

  #admissionRequest(
    { operation, type, object, oldObject }: Pick<AdmissionRequest, 'operation' | 'type' | 'object' | 'oldObject'>,
    { namespace, name }: ObjectKey,
    { version, subresource, sent, user, dryRun, warn }: WriteOptions,
  ): AdmissionRequest {
    return {
      operation,
      type,
      version: version ?? this.#newest(type),
      subresource,
      namespace,
      name,
      object,
      oldObject,
      options: sent ?? noOptions,
      user: user ?? apiServerUser,
      dryRun: dryRun === true,
      warn,
    }
  }

  #newest(type: ResourceType): string {
    return this.catalog.newestOf(type) ?? 'v1'
  }

  #find(type: ResourceType, { namespace, name }: ObjectKey): KubeObject | undefined {
    return this.store.get(storedAs(type), namespace, name)
  }

  #refuseExisting(type: ResourceType, next: KubeObject): void {
    const existing = this.#find(type, next.metadata)
    if (existing !== undefined) throw nameTaken(type, next, existing, this.catalog.minor)
  }
}

const noOptions: Readonly<Record<string, unknown>> = {}

/** What the cluster's own components write is never that large. */
function comesFromOutside({ track }: WriteOptions): boolean {
  return track !== undefined
}

/** How messages speak of one object of a type. */
function refused(type: ResourceType, name: string): RefusedObject {
  return { group: type.group, plural: type.plural, name }
}

/** What is not stored has no version. */
function withoutVersion({ metadata, ...rest }: KubeObject): KubeObject {
  const { resourceVersion: _version, ...others } = metadata
  return { ...rest, metadata: others } as KubeObject
}

function defaultedAndTracked(draft: DraftObject, old: KubeObject | undefined, rules: WriteRules, options: WriteOptions): DraftObject {
  const defaulted = rules.strategy.defaults?.(draft, rules.context) ?? draft
  return options.track?.(defaulted, old) ?? defaulted
}
