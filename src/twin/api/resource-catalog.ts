import type { ResourceType, ServedVersion } from './resource-type.ts'
import { groupResource } from './status-error.ts'

/** A resource as a path names it. */
export interface ServedResource {
  readonly type: ResourceType
  readonly version: string
}

/** The resources that a server serves: the built-in ones of its minor, and those of CustomResourceDefinitions, which come and go. */
export class ResourceCatalog {
  readonly #types = new Map<string, ResourceType>()
  readonly #served = new Map<string, ServedResource>()
  readonly #byKind = new Map<string, ServedResource>()
  readonly #listeners = new Set<() => void>()

  #minor: number

  /** `types` may hold versions that this minor does not serve. */
  constructor(minor: number, types: readonly ResourceType[]) {
    this.#minor = minor
    for (const type of types) this.add(type)
  }

  get minor(): number {
    return this.#minor
  }

  /** Another minor is served from now on, with these built-in types; custom resources stay. */
  serve(minor: number, types: readonly ResourceType[]): void {
    const custom = this.types().filter((type) => type.custom !== undefined)
    for (const resource of this.#types.keys()) this.#forget(resource)
    this.#minor = minor
    for (const type of [...types, ...custom]) this.#take(type)
    this.#tell()
  }

  /** Of built-in and custom resources, in the order in which they came. */
  types(): readonly ResourceType[] {
    return [...this.#types.values()]
  }

  /** By the name under which the store keeps it: `deployments.apps`. */
  get(resource: string): ResourceType | undefined {
    return this.#types.get(resource)
  }

  /** By its path; only what this minor serves. `group` is empty for core/v1. */
  served(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#served.get(`${group}/${version}/${plural}`)
  }

  /** By `apiVersion` and `kind` of an object; only what this minor serves. */
  ofKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`)
  }

  servesGroupVersion(group: string, version: string): boolean {
    return this.types().some((type) => type.group === group && this.versionsOf(type).includes(version))
  }

  /** Versions of a type that this minor serves, newest first. */
  versionsOf(type: ResourceType): readonly string[] {
    return type.versions.filter((served) => isServedBy(this.minor, served)).map(({ version }) => version)
  }

  newestOf(type: ResourceType): string | undefined {
    return type.versions.find((served) => isServedBy(this.minor, served))?.version
  }

  /** Adds a type or puts it in the place of the one before. */
  add(type: ResourceType): void {
    this.#take(type)
    this.#tell()
  }

  remove(resource: string): void {
    if (this.#forget(resource)) this.#tell()
  }

  #take(type: ResourceType): void {
    this.#forget(groupResource(type.group, type.plural))
    this.#types.set(groupResource(type.group, type.plural), type)
    for (const version of this.versionsOf(type)) {
      this.#served.set(`${type.group}/${version}/${type.plural}`, { type, version })
      this.#byKind.set(`${apiVersionOf(type.group, version)} ${type.kind}`, { type, version })
    }
  }

  #forget(resource: string): boolean {
    const type = this.#types.get(resource)
    if (type === undefined) return false
    this.#types.delete(resource)
    for (const { version } of type.versions) {
      this.#served.delete(`${type.group}/${version}/${type.plural}`)
      this.#byKind.delete(`${apiVersionOf(type.group, version)} ${type.kind}`)
    }
    return true
  }

  /** Called after each change of what is served; the returned function ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** `['apps', 'v1']` of `apps/v1`, `['', 'v1']` of `v1`. */
export function splitApiVersion(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

/** The `apiVersion` in which objects of a type are stored: its newest, whatever the server serves. */
export function storedApiVersion(type: ResourceType): string {
  if (type.keptBy !== undefined) return apiVersionOf(type.keptBy.group, type.keptBy.version)
  return apiVersionOf(type.group, type.versions[0]?.version ?? 'v1')
}

function isServedBy(minor: number, { fromMinor, toMinor }: ServedVersion): boolean {
  return fromMinor <= minor && minor <= (toMinor ?? Number.POSITIVE_INFINITY)
}
