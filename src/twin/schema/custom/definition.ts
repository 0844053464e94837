import type { PrinterColumn } from '../../api/resource-type.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { JsonSchema } from './json-schema.ts'

/** A CustomResourceDefinition in the form of `apiextensions.k8s.io/v1`, in which it is stored. Source: Kubernetes API reference. */
export interface Definition {
  readonly spec: DefinitionSpec
  readonly status?: DefinitionStatus
}

export interface DefinitionSpec {
  readonly group: string
  readonly names: DefinitionNames
  readonly scope: 'Cluster' | 'Namespaced'
  readonly versions: readonly DefinitionVersion[]
  readonly conversion?: Readonly<Record<string, unknown>> & { readonly strategy?: string }
  readonly preserveUnknownFields?: boolean
}

export interface DefinitionNames {
  readonly plural: string
  readonly singular?: string
  readonly kind: string
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface DefinitionVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema }
  readonly subresources?: DefinitionSubresources
  readonly additionalPrinterColumns?: readonly PrinterColumn[]
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
}

export interface DefinitionSubresources {
  readonly status?: Readonly<Record<string, never>>
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string }
}

export interface DefinitionStatus {
  readonly acceptedNames?: Partial<DefinitionNames>
  readonly conditions?: readonly DefinitionCondition[]
  readonly storedVersions?: readonly string[]
}

export interface DefinitionCondition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

/** Reads a stored object as a definition; nothing is checked. */
export function definitionOf(object: KubeObject): KubeObject & Definition {
  return object as unknown as KubeObject & Definition
}

/** Whether a condition of a definition is there and True. */
export function isConditionTrue({ status }: Pick<Definition, 'status'>, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
}
