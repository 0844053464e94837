import { sameJson } from '../../../api/same-json.ts'
import { memoOfObject } from '../../../object-memo.ts'
import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'

/** The label that keeps the pods of one template apart from those of another. */
export const templateHashLabel = 'pod-template-hash'

/** The ReplicaSets of a Deployment: the one of its present template, if there is one, and the others, oldest first. */
export interface ReplicaSetFamily {
  readonly current: ReplicaSetObject | undefined
  readonly old: readonly ReplicaSetObject[]
}

/** The oldest ReplicaSet with the template of the Deployment is the current one. Source: Kubernetes, deployment FindNewReplicaSet. */
export function replicaSetFamily(deployment: DeploymentObject, sets: readonly ReplicaSetObject[]): ReplicaSetFamily {
  const ordered = [...sets].sort(byAge)
  const current = ordered.find((set) => sameTemplate(set.spec.template, deployment.spec.template))
  return { current, old: ordered.filter((set) => set.metadata.uid !== current?.metadata.uid) }
}

export function membersOf({ current, old }: ReplicaSetFamily): readonly ReplicaSetObject[] {
  return current === undefined ? old : [...old, current]
}

/** Templates are the same when they differ in nothing but the hash label. */
export function sameTemplate(a: unknown, b: unknown): boolean {
  return a === b || sameJson(withoutHash(a), withoutHash(b))
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> }
}

function withoutHash(template: unknown): object {
  return bareTemplate((template ?? noTemplate) as Template)
}

const noTemplate: Template = {}

/** All versions of an object share its template, as long as nobody changes it. */
const bareTemplate = memoOfObject((template: Template): object => {
  const { metadata = {}, ...rest } = template
  const { [templateHashLabel]: _, ...labels } = metadata.labels ?? {}
  const { creationTimestamp: _none, ...others } = metadata as { readonly creationTimestamp?: unknown }
  return { ...rest, metadata: { ...others, labels } }
})

/** Oldest first, then by name. */
export function byAge(a: ReplicaSetObject, b: ReplicaSetObject): number {
  const [first, second] = [a.metadata, b.metadata]
  if (first.creationTimestamp !== second.creationTimestamp) return first.creationTimestamp < second.creationTimestamp ? -1 : 1
  return first.name < second.name ? -1 : 1
}

/** Pods that a ReplicaSet is asked for. */
export function sizeOf(set: ReplicaSetObject): number {
  return set.spec.replicas ?? 1
}

export function isScaledUp(set: ReplicaSetObject): boolean {
  return sizeOf(set) > 0
}

export function sum(sets: readonly ReplicaSetObject[], count: (set: ReplicaSetObject) => number | undefined): number {
  return sets.reduce((total, set) => total + (count(set) ?? 0), 0)
}
