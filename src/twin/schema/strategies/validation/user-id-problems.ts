import type { PodSecurityContext, SecurityContext } from 'kubernetes-types/core/v1'
import type { StatusCause } from '../../../api/status-error.ts'
import { problem } from './refusal.ts'

const most = 2_147_483_647

/** Why the users and groups that a pod runs as are none. Source: Kubernetes API reference, PodSecurityContext. */
export function podUserProblems(field: string, context: PodSecurityContext = {}): readonly StatusCause[] {
  const { fsGroup, supplementalGroups } = context
  return [
    ...idProblems(`${field}.fsGroup`, fsGroup),
    ...containerUserProblems(field, context),
    ...(supplementalGroups ?? []).flatMap((id, i) => idProblems(`${field}.supplementalGroups[${i}]`, id)),
  ]
}

/** The same of one container. */
export function containerUserProblems(field: string, { runAsUser, runAsGroup }: SecurityContext = {}): readonly StatusCause[] {
  return [...idProblems(`${field}.runAsUser`, runAsUser), ...idProblems(`${field}.runAsGroup`, runAsGroup)]
}

function idProblems(field: string, id: number | undefined): readonly StatusCause[] {
  const fits = id === undefined || (id >= 0 && id <= most)
  return problem(field, id, fits ? undefined : `must be between 0 and ${most}, inclusive`)
}
