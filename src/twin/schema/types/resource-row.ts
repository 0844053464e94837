import type { ResourceType } from '../../api/resource-type.ts'

/** The first and the last minor of Kubernetes 1 (both included) that serve something by default; no last one: still served. */
export type Minors = readonly [from: number, to?: number]

/** One resource of all minors, as the tables of this folder write it. */
export interface ResourceRow {
  readonly plural: string
  readonly kind: string
  /** `Namespaced` unless told. */
  readonly scope?: 'Cluster'
  /** The kind in lower case unless told. */
  readonly singular?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  /** Newest first. */
  readonly versions: Readonly<Record<string, Minors>>
  /** With minors where it is not as old as the resource. */
  readonly subresources?: readonly (string | readonly [name: string, minors: Minors])[]
  /** `All` unless told. */
  readonly verbs?: 'CreateOnly' | 'ReadOnly'
  /** The minors that delete whole collections; all unless told, none where it is empty. */
  readonly deleteCollection?: Minors | readonly []
  /** The group that keeps the objects and the form in which it does, where this one is a second way to them. */
  readonly keptBy?: { readonly group: string; readonly version: string }
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

/** The resource with all its versions, or undefined where a minor serves none of them. */
export function resourceOfRow(group: string, row: ResourceRow, minor: number): ResourceType | undefined {
  const versions = Object.entries(row.versions)
  if (!versions.some(([, minors]) => includesMinor(minors, minor))) return undefined
  const verbs = verbsOf(row, minor)
  return {
    group,
    plural: row.plural,
    singular: row.singular ?? row.kind.toLowerCase(),
    kind: row.kind,
    namespaced: row.scope !== 'Cluster',
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    versions: versions.map(([version, [fromMinor, toMinor]]) => ({ version, fromMinor, ...(toMinor === undefined ? {} : { toMinor }) })),
    subresources: subresourcesOf(row, minor),
    ...(verbs === undefined ? {} : { verbs }),
    ...(row.keptBy === undefined ? {} : { keptBy: row.keptBy }),
  }
}

function includesMinor([from, to = Number.POSITIVE_INFINITY]: Minors, minor: number): boolean {
  return from <= minor && minor <= to
}

function subresourcesOf({ subresources = [] }: ResourceRow, minor: number): readonly string[] {
  return subresources.flatMap((entry) => {
    if (typeof entry === 'string') return [entry]
    const [name, minors] = entry
    return includesMinor(minors, minor) ? [name] : []
  })
}

function verbsOf(row: ResourceRow, minor: number): readonly string[] | undefined {
  if (row.verbs === 'CreateOnly') return ['create']
  if (row.verbs === 'ReadOnly') return ['get', 'list']
  const [from = Number.POSITIVE_INFINITY, to] = row.deleteCollection ?? [0]
  if (includesMinor(to === undefined ? [from] : [from, to], minor)) return undefined
  return allVerbs.filter((verb) => verb !== 'deletecollection')
}
