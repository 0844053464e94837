import type { FieldCheck } from '../api/http/server-parts.ts'
import { splitApiVersion } from '../api/resource-catalog.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { StatusError } from '../api/status-error.ts'
import type { DraftObject } from '../kube-object.ts'
import { fieldCheckOf } from '../schema/decode/field-check.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'

/** It knows the fields of all before it. */
const newestMinor = 37

/** What each object of a kind has since there is the kind, and everybody relies on. */
const required: Readonly<Record<string, readonly string[]>> = {
  '/Pod': ['spec.containers'],
  '/Service': ['spec'],
  '/PersistentVolume': ['spec'],
  '/PersistentVolumeClaim': ['spec'],
  '/ReplicationController': ['spec.template.spec.containers'],
  'apps/Deployment': ['spec.template.spec.containers'],
  'apps/ReplicaSet': ['spec.template.spec.containers'],
  'apps/StatefulSet': ['spec.template.spec.containers'],
  'apps/DaemonSet': ['spec.template.spec.containers'],
  'batch/Job': ['spec.template.spec.containers'],
  'batch/CronJob': ['spec.jobTemplate.spec.template.spec.containers'],
  'policy/PodDisruptionBudget': ['spec'],
  'apiextensions.k8s.io/CustomResourceDefinition': ['spec.versions', 'spec.names.kind'],
}

interface NewestServer {
  /** By `GROUP/KIND`. */
  readonly types: ReadonlyMap<string, ResourceType>
  readonly check: FieldCheck
}

let known: NewestServer | undefined

function newestServer(): NewestServer {
  if (known !== undefined) return known
  const byKind = resourceTypes(newestMinor).map((type): [string, ResourceType] => [`${type.group}/${type.kind}`, type])
  known = { types: new Map(byKind), check: fieldCheckOf(newestMinor) }
  return known
}

/**
 * Why an object that is said to come from a cluster is none that a server would have given: no name, or a field that is not what its kind says.
 * Of kinds that are not built in only the metadata is looked at.
 */
export function shapeProblem(object: DraftObject): string | undefined {
  const { apiVersion = '', kind = '' } = object
  const { types, check } = newestServer()
  const [group, version] = splitApiVersion(apiVersion)
  const type = types.get(`${group}/${kind}`) ?? customType(group, kind)
  try {
    check({ object }, { type, version }, 'Ignore')
  } catch (error) {
    if (error instanceof StatusError) return error.message
    throw error
  }
  const missing = ['metadata.name', ...(required[`${group}/${kind}`] ?? [])].find((path) => !valueAt(object, path))
  return missing === undefined ? undefined : `${missing} is missing`
}

function valueAt(object: DraftObject, path: string): unknown {
  let value: unknown = object
  for (const field of path.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined | null)?.[field]
  return value
}

function customType(group: string, kind: string): ResourceType {
  const names = { plural: kind.toLowerCase(), singular: kind.toLowerCase(), shortNames: [], categories: [] }
  return { ...names, group, kind, namespaced: true, versions: [], subresources: [], custom: {} }
}
