import type { CustomVersion, ResourceType } from '../../api/resource-type.ts'
import type { KubeObject } from '../../kube-object.ts'
import { compareApiVersions } from '../types/api-version-order.ts'
import { type DefinitionVersion, definitionOf } from './definition.ts'

/**
 * The resource that a CustomResourceDefinition (in its v1 form) makes, with its served versions; undefined where it serves none.
 * Ask only of one that is Established: its names are those which the group has accepted.
 */
export function customResourceType(object: KubeObject): ResourceType | undefined {
  const { spec, status } = definitionOf(object)
  const names = { ...spec.names, ...withoutEmpty(status?.acceptedNames ?? {}) }
  const served = spec.versions.filter((version) => version.served).toSorted((a, b) => compareApiVersions(a.name, b.name))
  if (served.length === 0) return undefined
  return {
    group: spec.group,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    kind: names.kind,
    namespaced: spec.scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    versions: served.map(({ name }) => ({ version: name, fromMinor: 0 })),
    subresources: ['status', 'scale'].filter((name) =>
      served.some(({ subresources }) => subresources !== undefined && name in subresources),
    ),
    custom: Object.fromEntries(served.map((version) => [version.name, customVersion(version)])),
  }
}

function customVersion(version: DefinitionVersion): CustomVersion {
  const { schema, additionalPrinterColumns, subresources, selectableFields, deprecated, deprecationWarning } = version
  return {
    schema: schema?.openAPIV3Schema as Readonly<Record<string, unknown>> | undefined,
    printerColumns: additionalPrinterColumns ?? [],
    ...(subresources?.scale === undefined ? {} : { scale: subresources.scale }),
    selectableFields: (selectableFields ?? []).map(({ jsonPath }) => jsonPath),
    ...(deprecated === true ? { deprecation: deprecationWarning ?? '' } : {}),
  }
}

function withoutEmpty<T extends object>(names: T): Partial<T> {
  return Object.fromEntries(Object.entries(names).filter(([, value]) => value !== '' && value !== undefined)) as Partial<T>
}
