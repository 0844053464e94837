import { invalidValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { negativeProblems } from './refusal.ts'

type Status = Readonly<Record<string, unknown>>

/** What the numbers of a status have to keep to. */
interface StatusRule {
  /** Not below zero. */
  readonly counts: readonly string[]
  /** Not above `replicas`. */
  readonly parts?: readonly string[]
  readonly availableAreReady?: true
  readonly collisionsOnlyGrow?: true
}

const replicated: StatusRule = {
  counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  availableAreReady: true,
}

/** By kind, in the order in which the API server looks. Source: Kubernetes, apps, batch and core validation of status updates. */
const rules = {
  ReplicaSet: replicated,
  ReplicationController: replicated,
  Deployment: {
    counts: [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'collisionCount',
    ],
    parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
    availableAreReady: true,
    collisionsOnlyGrow: true,
  },
  StatefulSet: {
    counts: [
      'replicas',
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ],
    parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
    availableAreReady: true,
    collisionsOnlyGrow: true,
  },
  DaemonSet: {
    counts: [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ],
    collisionsOnlyGrow: true,
  },
  Job: { counts: ['active', 'succeeded', 'failed'] },
} satisfies Readonly<Record<string, StatusRule>>

/** Why the status that somebody writes for a workload cannot be. */
export function statusProblems(kind: keyof typeof rules, next: unknown, old: unknown): readonly StatusCause[] {
  const { counts, parts = [], availableAreReady, collisionsOnlyGrow }: StatusRule = rules[kind]
  const status = (next ?? {}) as Status
  const tooMany = (field: string, limit: string, why: string) =>
    countOf(status, field) > countOf(status, limit) ? [invalidValue(`status.${field}`, countOf(status, field), why)] : []
  const fewer = collisionsOnlyGrow === true && isDecremented(status.collisionCount, ((old ?? {}) as Status).collisionCount)
  return [
    ...counts.flatMap((field) => negativeProblems(`status.${field}`, status[field])),
    ...parts.flatMap((field) => tooMany(field, 'replicas', 'cannot be greater than status.replicas')),
    ...(availableAreReady ? tooMany('availableReplicas', 'readyReplicas', 'cannot be greater than readyReplicas') : []),
    ...(fewer ? [invalidValue('status.collisionCount', countOf(status, 'collisionCount'), 'cannot be decremented')] : []),
  ]
}

function countOf(status: Status, field: string): number {
  const count = status[field]
  return typeof count === 'number' ? count : 0
}

function isDecremented(next: unknown, old: unknown): boolean {
  if (typeof old !== 'number') return false
  return typeof next !== 'number' || next < old
}
