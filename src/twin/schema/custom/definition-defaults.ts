import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { type Definition, type DefinitionNames, type DefinitionSpec, definitionOf } from './definition.ts'

/** What the server fills in where a definition says nothing. Source: Kubernetes API reference, CustomResourceDefinitionSpec. */
export function defaultDefinition(draft: DraftObject): DraftObject {
  const spec = draft.spec as Partial<DefinitionSpec> | undefined
  if (spec === undefined || typeof spec !== 'object' || spec === null) return draft
  const names: Partial<DefinitionNames> = spec.names ?? {}
  const { kind } = names
  return {
    ...draft,
    spec: {
      ...spec,
      conversion: spec.conversion ?? { strategy: 'None' },
      names: {
        ...names,
        ...(names.singular || !kind ? {} : { singular: kind.toLowerCase() }),
        ...(names.listKind || !kind ? {} : { listKind: `${kind}List` }),
      },
    },
  }
}

/** A new definition has no status but its storage version; an update keeps the status and adds the storage version to it. */
export function prepareDefinition(next: KubeObject, old: KubeObject | undefined, subresource: string | undefined): KubeObject {
  if (subresource === 'status') return next
  const { spec } = definitionOf(next)
  const status = old === undefined ? {} : ((old.status ?? {}) as Definition['status'])
  const storage = spec?.versions?.find((version) => version.storage)?.name
  const stored = status?.storedVersions ?? []
  const storedVersions = storage === undefined || stored.includes(storage) ? stored : [...stored, storage]
  const shown = old === undefined ? { conditions: null, acceptedNames: { plural: '', kind: '' } } : {}
  return { ...next, status: { ...shown, ...status, storedVersions } }
}
