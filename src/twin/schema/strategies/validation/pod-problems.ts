import type { Container, ContainerStatus, Pod, PodSpec } from 'kubernetes-types/core/v1'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { podSpecProblems } from './pod-spec-problems.ts'
import { invalidText } from './refusal.ts'
import { addedTolerationProblems } from './toleration-problems.ts'

const mostInt32 = 2_147_483_647
const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, ' +
  '`spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)'
/** Since 1.26 the grace period may go from a negative number to one, and the message says so; the words are those since 1.27. */
const changeableSince27 =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** Why a new pod is refused. */
export function newPodProblems({ spec }: Pod): readonly StatusCause[] {
  if (spec === undefined) return podSpecProblems('spec', { containers: [] })
  const ephemeral = spec.ephemeralContainers?.length ? [forbiddenValue('spec.ephemeralContainers', 'cannot be set on create')] : []
  return [...podSpecProblems('spec', spec), ...ephemeral]
}

/** Why a change of a pod is refused: nearly all of its spec is settled when it is created. Source: Kubernetes, Pod update and replacement. */
export function podChangeProblems(next: PodSpec, old: PodSpec, minor: number): readonly StatusCause[] {
  if (next.containers === old.containers && sameJson(next, old)) return []
  const containers = imageProblems('spec.containers', next.containers ?? [], old.containers ?? [])
  const inits = imageProblems('spec.initContainers', next.initContainers ?? [], old.initContainers ?? [])
  if (containers.kind === 'Other') return [...podSpecProblems('spec', next), containers.cause]
  if (inits.kind === 'Other') return [...podSpecProblems('spec', next), ...containers.causes, inits.cause]
  const deadline = deadlineProblems('spec.activeDeadlineSeconds', next.activeDeadlineSeconds, old.activeDeadlineSeconds)
  return [
    ...podSpecProblems('spec', next),
    ...containers.causes,
    ...inits.causes,
    ...deadline,
    ...addedTolerationProblems('spec.tolerations', next.tolerations ?? [], old.tolerations ?? []),
    ...(sameJson(settled(next, old), old) ? [] : [forbiddenValue('spec', minor >= 27 ? changeableSince27 : changeable)]),
  ]
}

type ImageProblems =
  | { readonly kind: 'Other'; readonly cause: StatusCause }
  | { readonly kind: 'Same'; readonly causes: readonly StatusCause[] }

function imageProblems(field: string, next: readonly Container[], old: readonly Container[]): ImageProblems {
  if (next.length !== old.length) return { kind: 'Other', cause: forbiddenValue(field, 'pod updates may not add or remove containers') }
  const causes = next.flatMap(({ image = '' }, i) => [
    ...(image === '' ? [requiredValue(`${field}[${i}].image`)] : []),
    ...(image.trim() === image ? [] : [invalidValue(`${field}[${i}].image`, image, 'must not have leading or trailing whitespace')]),
  ])
  return { kind: 'Same', causes }
}

function deadlineProblems(field: string, next: number | undefined, old: number | undefined): readonly StatusCause[] {
  if (next === undefined) {
    return old === undefined ? [] : [invalidText(field, '"null"', 'must not update from a positive integer to nil value')]
  }
  if (next < 0 || next > mostInt32) return [invalidValue(field, next, `must be between 0 and ${mostInt32}, inclusive`)]
  return old !== undefined && old < next ? [invalidValue(field, next, 'must be less than or equal to previous value')] : []
}

/** The new spec as if nothing had been changed of what may be. */
function settled(next: PodSpec, old: PodSpec): PodSpec {
  const images = (list: Container[] | undefined, before: Container[] | undefined) =>
    list?.map((container, i) => ({ ...container, image: before?.[i]?.image }))
  const grace = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
  return {
    ...next,
    containers: images(next.containers, old.containers),
    initContainers: images(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    ...(grace ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
  } as PodSpec
}

/** Why a new status of a pod is refused: a container that ended for good does not run again. */
export function podStatusProblems(next: Pod, old: Pod): readonly StatusCause[] {
  const policy = old.spec?.restartPolicy ?? 'Always'
  return (['containerStatuses', 'initContainerStatuses'] as const).flatMap((list) =>
    revivedContainers(`status.${list}`, { next: next.status?.[list] ?? [], old: old.status?.[list] ?? [], policy }),
  )
}

interface Statuses {
  readonly next: readonly ContainerStatus[]
  readonly old: readonly ContainerStatus[]
  readonly policy: string
}

function revivedContainers(field: string, { next, old, policy }: Statuses): readonly StatusCause[] {
  if (policy === 'Always') return []
  return old.flatMap(({ name, state }, i) => {
    const ended = state?.terminated
    if (!ended || (ended.exitCode !== 0 && policy === 'OnFailure')) return []
    const revived = next.some((status) => status.name === name && !status.state?.terminated)
    return revived ? [forbiddenValue(`${field}[${i}].state`, 'may not be transitioned to non-terminated state')] : []
  })
}
