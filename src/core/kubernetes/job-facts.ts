import { epochMs } from './epoch-ms.ts'
import { objectIdentity } from './object-identity.ts'
import type { RawMeta, StringMap } from './object-meta.ts'
import { templateFingerprint } from './template-fingerprint.ts'

/** A terminal condition of a Job. */
export interface JobEnd {
  readonly kind: 'Complete' | 'Failed'
  /** Epoch milliseconds of `lastTransitionTime`. */
  readonly atMs: number
  readonly reason: string
  readonly message: string
}

/** What the core needs of a Job that a Plan has made. */
export interface JobFacts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: StringMap
  /** Only keys that contain `falkirk.dev/` or `upgrade.cattle.io/`. */
  readonly annotations: StringMap
  readonly ownerUid: string
  readonly createdAtMs: number
  readonly parallelism: number
  readonly suspend: boolean
  readonly activeDeadlineSeconds?: number
  readonly ttlSecondsAfterFinished?: number
  readonly active: number
  readonly succeeded: number
  readonly failed: number
  readonly end?: JobEnd
  readonly deleting: boolean
  /** Has an init container `cordon` or `drain`: the Job itself makes its node unschedulable. */
  readonly cordons: boolean
  /** Fingerprint of the pod template as applied (see `template-digest.ts`); absent when nothing tells it. */
  readonly templateDigest?: string
}

interface RawJob {
  metadata?: RawMeta
  spec?: {
    parallelism?: number
    suspend?: boolean
    activeDeadlineSeconds?: number
    ttlSecondsAfterFinished?: number
    template?: { spec?: { initContainers?: { name?: string }[] | null } }
  }
  status?: { active?: number; succeeded?: number; failed?: number; completionTime?: string; conditions?: RawCondition[] | null }
}

interface RawCondition {
  type?: string
  status?: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

/** On a Job of Falkirk's: fingerprint of its pod template. */
export const templateAnnotation = 'falkirk.dev/template'

/** On a Job of a system-upgrade-controller's (and Falkirk's): the object as it was applied, compressed. */
export const appliedAnnotation = 'objectset.rio.cattle.io/applied'

/**
 * Trims a Job as the API gives it to its facts.
 *
 * @param decodeApplied reads the text of annotation `objectset.rio.cattle.io/applied`; without it (or when it gives `undefined`) the
 * template of a Job that Falkirk has not made stays unknown.
 */
export function jobFacts(object: unknown, decodeApplied?: (text: string) => unknown): JobFacts {
  const { metadata = {}, spec = {}, status = {} } = object as RawJob
  const annotations = metadata.annotations ?? {}
  const owner = metadata.ownerReferences?.find((o) => o.controller === true) ?? metadata.ownerReferences?.[0]
  const createdAtMs = epochMs(metadata.creationTimestamp) ?? 0
  const end = jobEnd(status, createdAtMs)
  const digest = appliedTemplate(annotations, decodeApplied)
  return {
    ...objectIdentity(metadata),
    annotations: ownAnnotations(annotations),
    ownerUid: owner?.uid ?? '',
    createdAtMs,
    parallelism: spec.parallelism ?? 1,
    suspend: spec.suspend === true,
    ...timeLimits(spec),
    ...podCounts(status),
    ...(end === undefined ? {} : { end }),
    deleting: metadata.deletionTimestamp !== undefined,
    cordons: (spec.template?.spec?.initContainers ?? []).some((c) => c.name === 'cordon' || c.name === 'drain'),
    ...(digest === undefined ? {} : { templateDigest: digest }),
  }
}

function timeLimits({ activeDeadlineSeconds, ttlSecondsAfterFinished }: NonNullable<RawJob['spec']>): Partial<JobFacts> {
  return {
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
    ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }),
  }
}

function podCounts({
  active = 0,
  succeeded = 0,
  failed = 0,
}: NonNullable<RawJob['status']>): Pick<JobFacts, 'active' | 'succeeded' | 'failed'> {
  return { active, succeeded, failed }
}

function ownAnnotations(annotations: StringMap): StringMap {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => key.includes('falkirk.dev/') || key.includes('upgrade.cattle.io/')),
  )
}

/** A condition without a time counts from the Job's completion, or else from its creation. */
function jobEnd(status: NonNullable<RawJob['status']>, createdAtMs: number): JobEnd | undefined {
  const condition = (status.conditions ?? []).find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
  if (condition === undefined) return undefined
  return {
    kind: condition.type === 'Failed' ? 'Failed' : 'Complete',
    atMs: epochMs(condition.lastTransitionTime) ?? epochMs(status.completionTime) ?? createdAtMs,
    reason: condition.reason ?? '',
    message: condition.message ?? '',
  }
}

function appliedTemplate(annotations: StringMap, decodeApplied: ((text: string) => unknown) | undefined): string | undefined {
  const own = annotations[templateAnnotation]
  if (own !== undefined) return `full:${own}`
  const applied = annotations[appliedAnnotation]
  const object = applied === undefined ? undefined : (decodeApplied?.(applied) as RawJob | null | undefined)
  const template = object?.spec?.template
  return template === undefined || template === null ? undefined : `cut:${templateFingerprint(template)}`
}
