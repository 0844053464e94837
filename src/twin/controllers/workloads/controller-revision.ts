import type { PodTemplateSpec } from 'kubernetes-types/core/v1'
import { compareText } from '../../../core/compare-text.ts'
import { sameJson } from '../../api/same-json.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { controllerReference, type OwnerKind } from './controller-reference.ts'
import { templateHash } from './template-hash.ts'
import type { ControllerRevisionObject } from './workload-objects.ts'

/** An object that keeps the states of its pod template as ControllerRevisions. */
export interface Revised extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec }
  readonly status?: { readonly collisionCount?: number }
}

/** What has to be done so that the template an owner has now is its latest revision. */
export type RevisionDecision =
  | { readonly kind: 'Keep'; readonly revision: ControllerRevisionObject }
  /** The owner has gone back to a former template: its revision becomes the latest. */
  | { readonly kind: 'Raise'; readonly revision: ControllerRevisionObject; readonly to: number }
  | { readonly kind: 'Create'; readonly number: number }

/** Lowest revision first, then the older, then by name. */
function inRevisionOrder(revisions: readonly ControllerRevisionObject[]): readonly ControllerRevisionObject[] {
  return [...revisions].sort((a, b) => a.revision - b.revision || compareText(ageAndName(a), ageAndName(b)))
}

/** Source: Kubernetes, getStatefulSetRevisions and DaemonSet constructHistory. */
export function decideRevision(revisions: readonly ControllerRevisionObject[], template: PodTemplateSpec): RevisionDecision {
  const ordered = inRevisionOrder(revisions)
  const data = revisionData(template)
  const last = ordered.at(-1)
  const equal = ordered.findLast((revision) => sameJson(revision.data, data))
  const next = (last?.revision ?? 0) + 1
  if (equal === undefined) return { kind: 'Create', number: next }
  return equal === last ? { kind: 'Keep', revision: equal } : { kind: 'Raise', revision: equal, to: next }
}

/** A strategic merge patch that puts the template back: what `kubectl rollout undo` applies. */
export function revisionData(template: PodTemplateSpec): Readonly<Record<string, unknown>> {
  return { spec: { template: { ...template, $patch: 'replace' } } }
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevisionObject): PodTemplateSpec | undefined {
  const { $patch: _, ...template } =
    (revision.data as { spec?: { template?: object & { $patch?: string } } } | undefined)?.spec?.template ?? {}
  return Object.keys(template).length === 0 ? undefined : (template as PodTemplateSpec)
}

function revisionHash(owner: Revised): string {
  return templateHash(owner.spec.template, owner.status?.collisionCount)
}

/** A revision of the template as it is; `labelled` is the label that carries the hash. */
export function newRevision(owner: Revised, kind: OwnerKind, number: number, labelled: string): DraftObject {
  const hash = revisionHash(owner)
  const { name, namespace, annotations } = owner.metadata
  const { template } = owner.spec
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, 223)}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata?.labels, [labelled]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(owner, kind)],
    },
    data: revisionData(template),
    revision: number,
  }
}

/** The oldest `count` revisions of those that nobody needs any more. */
export function surplusRevisions(
  old: readonly ControllerRevisionObject[],
  isLive: (revision: ControllerRevisionObject) => boolean,
  count: number,
): readonly ControllerRevisionObject[] {
  const dead = inRevisionOrder(old).filter((revision) => !isLive(revision))
  return dead.slice(0, Math.max(0, count))
}

function ageAndName({ metadata }: ControllerRevisionObject): string {
  return `${metadata.creationTimestamp} ${metadata.name}`
}
