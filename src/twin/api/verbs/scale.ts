import { type LabelSelector, selectorRequirements, selectorText } from '../../../core/kubernetes/label-selector.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import type { CustomVersion, ResourceType } from '../resource-type.ts'
import { conflict, invalid } from '../status-error.ts'

type Fields = Readonly<Record<string, unknown>>
type ScalePaths = NonNullable<CustomVersion['scale']>

/** Where the built-in kinds have what a scale tells. */
const builtInPaths: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }

/** The `Scale` of an object. Source: Kubernetes API reference, autoscaling/v1 Scale. */
export function scaleOf(object: KubeObject, type: ResourceType, version: string): KubeObject {
  const paths = pathsOf(type, version)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = Number(at(object, paths.specReplicasPath) ?? 0)
  const selector = selectorOf(object, paths, type)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(at(object, paths.statusReplicasPath) ?? 0), ...(selector === '' ? {} : { selector }) },
  }
}

/** The object with the replicas of a scale. Throws 409 or 422. */
export function scaledObject(object: KubeObject, scale: DraftObject, type: ResourceType, version: string): DraftObject {
  const { name, uid } = object.metadata
  const { metadata = {} } = scale
  if (metadata.uid && metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`
    throw conflict({ group: type.group, plural: `${type.plural}/scale`, name }, why)
  }
  const replicas = (scale.spec as Fields | undefined)?.replicas ?? 0
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`
    throw invalid({ group: 'autoscaling', kind: 'Scale', name }, [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }])
  }
  const resourceVersion = metadata.resourceVersion || object.metadata.resourceVersion
  const next = put(object, pathsOf(type, version).specReplicasPath.split('.').slice(1), replicas)
  return { ...next, metadata: { ...object.metadata, resourceVersion } }
}

function pathsOf(type: ResourceType, version: string): ScalePaths {
  return type.custom?.[version]?.scale ?? builtInPaths
}

function selectorOf(object: KubeObject, paths: ScalePaths, type: ResourceType): string {
  if (type.custom !== undefined) return paths.labelSelectorPath === undefined ? '' : String(at(object, paths.labelSelectorPath) ?? '')
  const selector = (object.spec as Fields | undefined)?.selector as LabelSelector | undefined
  if (selector === undefined) return ''
  // A ReplicationController's selector is a plain map.
  const full = type.plural === 'replicationcontrollers' ? ({ matchLabels: selector } as LabelSelector) : selector
  return selectorText(selectorRequirements(full))
}

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const part of path.split('.').slice(1)) value = (value as Fields | undefined | null)?.[part]
  return value
}

function put<T extends Fields>(target: T, [field, ...rest]: readonly string[], value: unknown): T {
  if (field === undefined) return target
  const inner = rest.length === 0 ? value : put((target[field] ?? {}) as Fields, rest, value)
  return { ...target, [field]: inner }
}
